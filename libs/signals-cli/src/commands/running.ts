import { Option, type Command } from 'commander';
import { readConfig } from '../application/index.js';
import { RunningApplication } from '../running/index.js';
import type { Terminal } from '../terminal.js';

/** What every command that asks a running application is given. */
export interface RunningOptions {
  readonly url?: string;
  readonly header: readonly string[];
  readonly json?: boolean;
}

/** Adds the options that say where the application runs. */
export function aboutRunning(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'where it answers; default: http://127.0.0.1:3000'))
    .addOption(
      new Option('--header <name: value>', 'sent along, for its access resolver; may be repeated')
        .default([], 'none')
        .argParser((value: string, before: readonly string[]) => [...before, value]),
    )
    .addOption(new Option('--json', 'print JSON'));
}

/** @throws CommandError when the address is none. */
export async function reach(
  { url, header: headers }: RunningOptions,
  { cwd, env }: Terminal,
): Promise<RunningApplication> {
  const config = await readConfig(cwd);
  const atPort = env.PORT ? `http://127.0.0.1:${env.PORT}` : undefined;
  return new RunningApplication({ url: url ?? config.url ?? atPort, headers });
}
