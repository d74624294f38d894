import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Project } from './packed-library.js';

/** What a project has beside the library, for the command to read an application with a database. */
export const PACKAGES = [
  '@types/node',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/event-emitter',
  '@nestjs/typeorm',
  'commander',
  'pg',
  'pg-boss',
  'typeorm',
  'typescript',
];

/** The compiler that reads sources needs seconds, and minutes where many share a machine. */
export const PATIENCE = 300_000;

export interface CommandOutcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface CommandPlace {
  /** Default: the project's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A command that goes on until it is interrupted, or has enough. */
export interface CommandUnderWay {
  /** Settled once it has said this. */
  says(text: string): Promise<void>;
  /** Settled once it has told this to whoever reads its errors. */
  tells(text: string): Promise<void>;
  /** As Ctrl-C does. */
  interrupt(): void;
  readonly outcome: Promise<CommandOutcome>;
}

/** Starts the command `signals` that a project has installed, as npx would. */
export function startCommand(
  project: Project,
  args: readonly string[],
  { cwd = project.folder, env = {} }: CommandPlace = {},
): CommandUnderWay {
  const program = join(project.folder, 'node_modules/nestjs-signals-cli/bin/signals.mjs');
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = new Heard(child.stdout);
  const error = new Heard(child.stderr);
  const outcome = once(child, 'close').then(([code]) => {
    return { code, out: out.text.trimEnd(), error: error.text.trimEnd() };
  });
  const ended = outcome.then(({ code }) => {
    throw new Error(`It ended with ${code} and told: ${error.text}`);
  });
  ended.catch(() => undefined);
  return {
    outcome,
    interrupt: () => void child.kill('SIGINT'),
    says: (text) => Promise.race([out.until(text), ended]),
    tells: (text) => Promise.race([error.until(text), ended]),
  };
}

class Heard {
  text = '';

  constructor(private readonly stream: Readable) {
    stream.setEncoding('utf8').on('data', (chunk) => (this.text += chunk));
  }

  async until(text: string): Promise<void> {
    while (!this.text.includes(text)) await once(this.stream, 'data');
  }
}

/** Runs the command to its end. */
export function runCommand(
  project: Project,
  args: readonly string[],
  place?: CommandPlace,
): Promise<CommandOutcome> {
  return startCommand(project, args, place).outcome;
}

/** Runs many command lines in one process, which reads the sources once. */
export async function runCommands(
  project: Project,
  commands: readonly (readonly string[])[],
  { cwd = project.folder, env = {} }: CommandPlace = {},
): Promise<readonly CommandOutcome[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(process.cwd(), 'test/packaging/many-commands.mjs'),
      project.folder,
      JSON.stringify(commands),
    ],
    { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1_024 * 1_024 },
  );
  return JSON.parse(stdout);
}

/** Lines move with every change above them, what stands on them does not. */
export function withoutLines(output: string): string {
  return output.replaceAll(/(\.tsx?):\d+/g, '$1').replaceAll(/,\s+"line": \d+/g, '');
}
