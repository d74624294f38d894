import process from 'node:process';
import { run } from './run.js';
import { paintFor } from './text/index.js';

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

const code = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  paint: paintFor(process.stdout, process.env),
  columns: process.stdout.columns,
  interrupted: interruption.signal,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
});

// An application may have left timers behind. What is written is on its way; the exit waits for it.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
