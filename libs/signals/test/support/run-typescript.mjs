import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const project = new URL('../../../../', import.meta.url);
const library = new URL('libs/signals/src/', project);

const { config } = ts.readConfigFile(fileURLToPath(new URL('tsconfig.json', project)), (path) =>
  readFileSync(path, 'utf8'),
);
const compilerOptions = { ...config.compilerOptions, module: 'esnext', inlineSourceMap: true };

/** Lets a process of a test run the sources as Jest does: `node --import <this> process.ts`. */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const [name, subpath = '.'] = specifier.split(/\/(.*)/, 2);
    if (name === 'nestjs-signals') {
      return { url: new URL(`${subpath}/index.ts`, library).href, shortCircuit: true };
    }
    const isSource = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    return nextResolve(isSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
  load(url, context, nextLoad) {
    if (!url.endsWith('.ts')) return nextLoad(url, context);
    const fileName = fileURLToPath(url);
    const { outputText: source } = ts.transpileModule(readFileSync(fileName, 'utf8'), {
      fileName,
      compilerOptions,
    });
    return { format: 'module', source, shortCircuit: true };
  },
});
