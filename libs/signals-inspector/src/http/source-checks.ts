import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from './answer.js';

interface SourceFinding {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly place?: { readonly file: string; readonly line: number };
  readonly message: string;
}

/** What `signals lint --json` answers. */
export interface SourceReport {
  readonly findings: readonly SourceFinding[];
  /** What is allowed beside the code, with the reason. */
  readonly suppressed: readonly (SourceFinding & { readonly reason: string })[];
}

const PATIENCE = 120_000;
const MOST_OUTPUT = 16 * 1_024 * 1_024;
const FINE = 0;
const FINDINGS = 1;

/** Has the command read the sources of the project that a process runs in. One run at a time. */
export class SourceChecks {
  #running: Promise<SourceReport> | undefined;

  constructor(private readonly directory = process.cwd()) {}

  /** @throws Problem with what the command said, when it cannot read the project. */
  run(): Promise<SourceReport> {
    this.#running ??= this.#lint().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #lint(): Promise<SourceReport> {
    const { code, out, error } = await runNode([this.#command(), 'lint', '--json'], this.directory);
    if (code !== FINE && code !== FINDINGS) throw unreadable(error);
    return reportIn(out) ?? fail(error || out);
  }

  /** The command of the package that the project has, which need not be where this file is. */
  #command(): string {
    for (let folder = this.directory; ; folder = dirname(folder)) {
      const command = join(folder, 'node_modules', 'nestjs-signals-cli', 'bin', 'signals.mjs');
      if (existsSync(command)) return command;
      if (folder === dirname(folder)) {
        throw unreadable(`nestjs-signals-cli is not installed in ${this.directory}.`);
      }
    }
  }
}

/** Among what else a process of the application may have printed. */
function reportIn(out: string): SourceReport | undefined {
  const [json] = /^\{$[\s\S]*?^\}$/m.exec(out) ?? [];
  try {
    return json === undefined ? undefined : (JSON.parse(json) as SourceReport);
  } catch {
    return undefined;
  }
}

function fail(said: string): never {
  throw unreadable(said);
}

function unreadable(error: string): Problem {
  const said = error.trim().split('\n').at(-1) ?? '';
  return new Problem(503, 'not-linted', 'The sources could not be read', said);
}

interface Outcome {
  /** Undefined when it was killed. */
  readonly code: number | undefined;
  readonly out: string;
  readonly error: string;
}

function runNode(args: readonly string[], cwd: string): Promise<Outcome> {
  const options = {
    cwd,
    timeout: PATIENCE,
    maxBuffer: MOST_OUTPUT,
    env: { ...process.env, NO_COLOR: '1' },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (failure, out, error) => {
      const code = failure ? failure.code : FINE;
      resolve({
        code: typeof code === 'number' ? code : undefined,
        out,
        error: error || (failure?.message ?? ''),
      });
    });
  });
}
