import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import ts from 'typescript';

const LIBRARY = /^nestjs-signals(?:\/(.+))?$/;

/**
 * Lets Node load TypeScript from this folder, with the names that jest.config.mjs maps.
 *
 * @param {string} root
 */
export function loadTypeScript(root) {
  const cache = join(root, '.transpiled');
  mkdirSync(cache, { recursive: true });
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, sourceMap: false };

  /** @param {string} path */
  const transpiled = (path) => {
    const source = readFileSync(path, 'utf8');
    const kept = join(cache, createHash('sha1').update(path).update(source).digest('hex'));
    if (existsSync(kept)) return readFileSync(kept, 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: path });
    writeFileSync(kept, outputText);
    return outputText;
  };

  registerHooks({
    resolve(specifier, context, next) {
      const [isLibrary, subpath = ''] = LIBRARY.exec(specifier) ?? [];
      if (isLibrary) {
        const index = join(root, 'libs', 'signals', 'src', subpath, 'index.ts');
        return { url: pathToFileURL(index).href, shortCircuit: true };
      }
      if (specifier === '@jest/globals') {
        return { url: new URL('jest-globals.mjs', import.meta.url).href, shortCircuit: true };
      }
      if (specifier.endsWith('/test/support/database.js')) {
        return { url: new URL('databases.mjs', import.meta.url).href, shortCircuit: true };
      }
      if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts')) {
        const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
        if (existsSync(url)) return { url: url.href, shortCircuit: true };
      }
      return next(specifier, context);
    },
    load(url, context, next) {
      if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
      return { format: 'module', source: transpiled(fileURLToPath(url)), shortCircuit: true };
    },
  });
}
