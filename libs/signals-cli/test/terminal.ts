import { run } from '../src/run.js';
import { plain } from '../src/text/index.js';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process, in a folder. */
export async function signals(cwd: string, ...args: string[]): Promise<Outcome> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await run(args, {
    cwd,
    env: {},
    paint: plain,
    columns: 100,
    interrupted: new AbortController().signal,
    out: (text) => out.push(text),
    error: (text) => error.push(text),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}
