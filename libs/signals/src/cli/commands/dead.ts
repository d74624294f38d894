import type { Command } from 'commander';
import { CommandError } from '../command.error.js';
import { ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { count, table, type Paint } from '../text/index.js';
import { aboutRunning, reach, type RunningOptions } from './running.js';

interface DeadLetterRow {
  readonly id: string;
  readonly receiver: string;
  readonly signal?: string;
  readonly diedAt: string;
  readonly attempts: number;
  readonly reason?: string;
  readonly deaths: number;
}

interface DeadLetterPage extends DeadLetterRow {
  readonly eventId?: string;
  readonly occurredAt?: string;
  readonly payload?: unknown;
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly stack: readonly string[];
  };
  readonly lineage: readonly {
    readonly diedAt: string;
    readonly reason?: string;
    readonly outcome: string;
  }[];
}

/** What became of one that was replayed or discarded. */
interface EndedLetterPage {
  readonly ended: {
    readonly id: string;
    readonly receiver: string;
    readonly reason?: string;
    readonly attempts: number;
    readonly diedAt: string;
    readonly outcome: string;
    readonly endedAt: string;
    readonly replayedTo?: string;
    readonly now: string;
    readonly deadLetter?: string;
    readonly job?: string;
  };
}

interface FilterOptions extends RunningOptions {
  readonly receiver?: string;
  readonly signal?: string;
  readonly reason?: string;
}

interface ReplayOptions extends FilterOptions {
  readonly all?: true;
  readonly dryRun?: true;
}

interface Replay {
  readonly replayed: readonly DeadLetterRow[];
  readonly homeless: readonly DeadLetterRow[];
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
      const page = (await application.get(query ? `dead?${query}` : 'dead')) as {
        readonly total: number;
        readonly letters: readonly DeadLetterRow[];
      };
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
      const textOf = (): string =>
        'ended' in page ? endOf(page, terminal.paint) : pageOf(page, terminal.paint);
      terminal.out(options.json ? JSON.stringify(page, null, 2) : textOf());
      exit(ExitCode.fine);
    });
}

const REPLAY_EXAMPLES = `
Mails and the like are sent again where the receiver is not idempotent. Ends with 1 when a receiver
no longer exists, so that something was left.

Examples:
  $ signals dead replay 01a2…
  $ signals dead replay --receiver billing.mailReceipt --dry-run
  $ signals dead replay --all`;

function addReplay(dead: Command, terminal: Terminal, exit: Exit): void {
  withFilter(aboutRunning(dead.command('replay')))
    .argument('[ids...]')
    .description('deliver them again: some by id, those that fit a filter, or all')
    .option('--all', 'all that there are')
    .option('--dry-run', 'only say which')
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(async (ids: readonly string[], options: ReplayOptions) => {
      const chosen = selection(ids, options);
      const application = await reach(options, terminal);
      const dryRun = options.dryRun ?? false;
      const wanted = { ...chosen, dryRun };
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

function listing(
  { total, letters }: { readonly total: number; readonly letters: readonly DeadLetterRow[] },
  paint: Paint,
): string {
  if (total === 0) return 'No dead letters.';
  const rest = total > letters.length ? `, of which ${letters.length} are shown` : '';
  return `${rows(letters, paint)}\n\n${count(total, 'dead letter')}${rest}. Try: signals dead show ${letters[0]?.id}`;
}

function rows(letters: readonly DeadLetterRow[], paint: Paint): string {
  return table<DeadLetterRow>(
    [
      { title: 'ID', text: ({ id }) => id },
      { title: 'SIGNAL', style: 'cyan', text: ({ signal }) => signal ?? '' },
      { title: 'RECEIVER', text: ({ receiver }) => receiver },
      { title: 'ATTEMPTS', text: ({ attempts }) => String(attempts) },
      { title: 'DIED', style: 'dim', text: ({ diedAt }) => diedAt.slice(0, 19).replace('T', ' ') },
      { title: 'REASON', text: ({ reason = '' }) => reason.split('\n')[0] ?? '' },
    ],
    letters,
    paint,
  );
}

function pageOf(letter: DeadLetterPage, paint: Paint): string {
  const { id, receiver, signal, attempts, diedAt, occurredAt, payload, error, lineage } = letter;
  return [
    paint('bold', `${receiver}  ${id}`),
    `  of ${signal ?? 'an unknown signal'}, sent at ${occurredAt ?? 'an unknown time'}`,
    `  died at ${diedAt} after ${count(attempts, 'attempt')}`,
    ...(error ? ['', paint('red', `${error.name}: ${error.message}`)] : []),
    ...(error?.stack ?? []).slice(0, 5).map((frame) => `  ${paint('dim', frame)}`),
    ...(payload === undefined ? [] : ['', JSON.stringify(payload, null, 2)]),
    ...(lineage.length > 0 ? ['', paint('bold', 'earlier deaths')] : []),
    ...lineage.map((death) =>
      `  ${death.diedAt}  ${death.outcome}  ${death.reason ?? ''}`.trimEnd(),
    ),
  ].join('\n');
}

function endOf({ ended }: EndedLetterPage, paint: Paint): string {
  const { id, receiver, reason, attempts, diedAt, outcome, endedAt, replayedTo } = ended;
  const { now, deadLetter, job } = ended;
  return [
    paint('bold', `${receiver}  ${id}`),
    `  died at ${diedAt} after ${count(attempts, 'attempt')}${reason ? `: ${reason}` : ''}`,
    `  ${outcome} at ${endedAt}${replayedTo ? ` to ${replayedTo}` : ''}, and now ${now}`,
    ...(deadLetter || job ? [''] : []),
    ...(deadLetter ? [`Try: signals dead show ${deadLetter}`] : []),
    ...(job ? [`Try: signals trace ${job}`] : []),
  ].join('\n');
}

function replayText({ replayed, homeless }: Replay, isDry: boolean, paint: Paint): string {
  if (replayed.length + homeless.length === 0) return 'No dead letter fits, so none is replayed.';
  const done = isDry ? 'would be replayed' : replayed.length === 1 ? 'is replayed' : 'are replayed';
  return [
    ...(replayed.length > 0 ? [rows(replayed, paint), ''] : []),
    `${count(replayed.length, 'delivery', 'deliveries')} ${done}.`,
    ...homeless.map(
      ({ id, receiver }) => `${id} is left: the receiver ${receiver} no longer exists.`,
    ),
    ...(homeless.length > 0 ? ['Another receiver can take it: see Jobs in the inspector.'] : []),
  ].join('\n');
}
