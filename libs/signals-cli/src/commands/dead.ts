import type { Command } from 'commander';
import { CommandError } from '../command.error.js';
import { ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import {
  listing,
  pageOf,
  replayText,
  type DeadLetterList,
  type DeadLetterPage,
  type EndedLetterPage,
  type Replay,
} from './dead-texts.js';
import { aboutRunning, reach, type RunningOptions } from './running.js';

interface FilterOptions extends RunningOptions {
  readonly receiver?: string;
  readonly signal?: string;
  readonly reason?: string;
}

interface ReplayOptions extends FilterOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly to?: string;
}

type Exit = (code: ExitCode) => void;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MISSING = 'Those that there are: signals dead list';

const EXAMPLES = `
Examples:
  $ signals dead list
  $ signals dead show 01a2…
  $ signals dead replay 01a2… --dry-run`;

export function deadCommand(program: Command, terminal: Terminal, exit: Exit): void {
  const dead = program
    .command('dead')
    .description('deliveries that failed for good')
    .addHelpText('after', EXAMPLES);
  addList(dead, terminal, exit);
  addShow(dead, terminal, exit);
  addReplay(dead, terminal, exit);
}

function addList(dead: Command, terminal: Terminal, exit: Exit): void {
  withFilter(aboutRunning(dead.command('list')))
    .description('which there are')
    .addHelpText(
      'after',
      '\nExamples:\n  $ signals dead list\n  $ signals dead list --receiver billing.mailReceipt',
    )
    .action(async (options: FilterOptions) => {
      const application = await reach(options, terminal);
      const query = new URLSearchParams(filterOf(options)).toString();
      const page = (await application.get(query ? `dead?${query}` : 'dead')) as DeadLetterList;
      terminal.out(options.json ? JSON.stringify(page, null, 2) : listing(page, terminal.paint));
      exit(ExitCode.fine);
    });
}

function addShow(dead: Command, terminal: Terminal, exit: Exit): void {
  aboutRunning(dead.command('show'))
    .argument('<id>')
    .description('one of them, with its error and its earlier deaths')
    .addHelpText('after', '\nExamples:\n  $ signals dead show 01a2…')
    .action(async (id: string, options: RunningOptions) => {
      const application = await reach(options, terminal);
      const path = `dead/${encodeURIComponent(id)}`;
      const page = (await application.get(path, MISSING)) as DeadLetterPage | EndedLetterPage;
      terminal.out(options.json ? JSON.stringify(page, null, 2) : pageOf(page, terminal.paint));
      exit(ExitCode.fine);
    });
}

const REPLAY_EXAMPLES = `
Mails and the like are sent again where the receiver is not idempotent. Ends with 1 when a receiver
no longer exists, so that something was left.

Examples:
  $ signals dead replay 01a2…
  $ signals dead replay --receiver billing.mailReceipt --dry-run
  $ signals dead replay --receiver billing.oldName --to billing.newName
  $ signals dead replay --all`;

function addReplay(dead: Command, terminal: Terminal, exit: Exit): void {
  withFilter(aboutRunning(dead.command('replay')))
    .argument('[ids...]')
    .description('deliver them again: some by id, those that fit a filter, or all')
    .option('--all', 'all that there are')
    .option('--dry-run', 'only say which')
    .option('--to <receiver>', 'to another durable receiver of the same signal')
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(async (ids: readonly string[], options: ReplayOptions) => {
      const chosen = selection(ids, options);
      const application = await reach(options, terminal);
      const { dryRun = false, to } = options;
      const wanted = { ...chosen, dryRun, ...(to !== undefined && { to }) };
      const replay = (await application.post('dead/replay', wanted, MISSING)) as Replay;
      terminal.out(
        options.json ? JSON.stringify(replay, null, 2) : replayText(replay, dryRun, terminal.paint),
      );
      exit(replay.homeless.length > 0 ? ExitCode.findings : ExitCode.fine);
    });
}

function withFilter(command: Command): Command {
  return command
    .option('--receiver <id>', 'only of this receiver')
    .option('--signal <name>', 'only of this signal')
    .option('--reason <text>', 'only with this in their reason');
}

function filterOf({ receiver, signal, reason }: FilterOptions): Record<string, string> {
  return {
    ...(receiver !== undefined && { receiver }),
    ...(signal !== undefined && { signal }),
    ...(reason !== undefined && { reason }),
  };
}

/** Everything is replayed only by who says so. */
function selection(ids: readonly string[], options: ReplayOptions): object {
  const filter = filterOf(options);
  const ways = [ids.length > 0, Object.keys(filter).length > 0, options.all === true];
  if (ways.filter(Boolean).length !== 1) {
    throw new CommandError('Say which: by ids, by a filter such as --receiver, or --all.');
  }
  const none = ids.find((id) => !UUID.test(id));
  if (none !== undefined) throw new CommandError(`'${none}' is no id. ${MISSING}`);
  return ids.length > 0 ? { ids } : { filter };
}
