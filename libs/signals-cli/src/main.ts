import process from 'node:process';
import { run } from './run.js';
import { paintFor } from './text/index.js';

// Whoever reads the answer reads it alone: what the application prints goes to where messages go.
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
// Before any module of the application is loaded: receivers say where they are by their stacks.
process.setSourceMapsEnabled(true);

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

const code = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  paint: paintFor(process.stdout, process.env),
  columns: process.stdout.columns,
  interrupted: interruption.signal,
  out: (text) => answer(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
});

// An application may have left timers behind. What is written is on its way; the exit waits for it.
answer('', () => process.stderr.write('', () => process.exit(code)));
