import { execFile, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
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

/** Runs the command `signals` that a project has installed, as npx would. */
export async function runCommand(
  project: Project,
  args: readonly string[],
  { cwd = project.folder, env = {} }: CommandPlace = {},
): Promise<CommandOutcome> {
  const program = join(project.folder, 'node_modules/nestjs-signals/bin/signals.mjs');
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [code, out, error] = await Promise.all([
    new Promise<number | null>((resolve) => child.once('close', resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, out: out.trimEnd(), error: error.trimEnd() };
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
