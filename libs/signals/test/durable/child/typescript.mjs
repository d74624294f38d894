import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import typescript from 'typescript';

// Lets Node run the library's sources, as Jest does.

const sources = new URL('../../../src/', import.meta.url);
const { ES2023, ESNext } = { ...typescript.ScriptTarget, ...typescript.ModuleKind };

registerHooks({
  resolve(specifier, context, next) {
    const own = /^nestjs-signals(?:\/(.*))?$/.exec(specifier);
    if (own)
      return { url: new URL(`./${own[1] ?? '.'}/index.ts`, sources).href, shortCircuit: true };
    if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts')) {
      const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(url)) return { url: url.href, shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const fileName = fileURLToPath(url);
    const { outputText } = typescript.transpileModule(readFileSync(fileName, 'utf8'), {
      fileName,
      compilerOptions: {
        target: ES2023,
        module: ESNext,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
      },
    });
    return { format: 'module', source: outputText, shortCircuit: true };
  },
});

await import(pathToFileURL(process.argv[2] ?? '').href);
