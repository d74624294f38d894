import { createRequire } from 'node:module';
import process from 'node:process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Runs command lines, given as JSON, with the library of a project, and answers their outcomes. */
const [project = '', commands = '[]'] = process.argv.slice(2);
compileOnce();
process.setSourceMapsEnabled(true);
const installed = join(project, 'node_modules/nestjs-signals-cli/dist/run.js');
const { run } = await import(pathToFileURL(installed).href);

const outcomes = [];
for (const args of JSON.parse(commands)) {
  /** @type {{ out: string[], error: string[] }} */
  const said = { out: [], error: [] };
  const code = await run(args, {
    cwd: process.cwd(),
    env: process.env,
    paint: (/** @type {string} */ _style, /** @type {string} */ text) => text,
    columns: undefined,
    interrupted: new AbortController().signal,
    out: (/** @type {string} */ text) => said.out.push(text),
    error: (/** @type {string} */ text) => said.error.push(text),
  });
  outcomes.push({ code, out: said.out.join('\n'), error: said.error.join('\n') });
}
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));

/** The sources stay as they are between the commands, which would spend seconds each on compiling them. */
function compileOnce() {
  const require = createRequire(join(process.cwd(), 'package.json'));
  const compiler = require('typescript');
  let program;
  const loaded = require.cache[require.resolve('typescript')];
  if (!loaded) throw new Error('TypeScript was loaded, and is not among what is loaded.');
  loaded.exports = {
    ...compiler,
    createProgram: (
      /** @type {readonly string[]} */ files,
      /** @type {import('typescript').CompilerOptions} */ options,
    ) => (program ??= compiler.createProgram(files, options)),
  };
}
