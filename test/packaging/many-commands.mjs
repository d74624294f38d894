import { createRequire } from 'node:module';
import process from 'node:process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Runs command lines, given as JSON, with the library of a project, and answers their outcomes. */
const [project = '', commands = '[]'] = process.argv.slice(2);
compileOnce();
const installed = join(project, 'node_modules/nestjs-signals/dist/cli/run.js');
const { run } = await import(pathToFileURL(installed).href);

const outcomes = [];
for (const args of JSON.parse(commands)) {
  const said = { out: [], error: [] };
  const code = await run(args, {
    cwd: process.cwd(),
    env: process.env,
    paint: (_style, text) => text,
    columns: undefined,
    interrupted: new AbortController().signal,
    out: (text) => said.out.push(text),
    error: (text) => said.error.push(text),
  });
  outcomes.push({ code, out: said.out.join('\n'), error: said.error.join('\n') });
}
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));

/** The sources stay as they are between the commands, which would spend seconds each on compiling them. */
function compileOnce() {
  const require = createRequire(join(process.cwd(), 'package.json'));
  const compiler = require('typescript');
  let program;
  require.cache[require.resolve('typescript')].exports = {
    ...compiler,
    createProgram: (...args) => (program ??= compiler.createProgram(...args)),
  };
}
