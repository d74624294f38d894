import { count, table, type Paint } from '../text/index.js';

export interface DeadLetterRow {
  readonly id: string;
  readonly receiver: string;
  readonly signal?: string;
  readonly diedAt: string;
  readonly attempts: number;
  readonly reason?: string;
  readonly deaths: number;
}

export interface DeadLetterPage extends DeadLetterRow {
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
export interface EndedLetterPage {
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

export interface DeadLetterList {
  readonly total: number;
  readonly letters: readonly DeadLetterRow[];
}

export interface Replay {
  readonly replayed: readonly DeadLetterRow[];
  readonly homeless: readonly DeadLetterRow[];
  /** Of all, also of those that are not told. */
  readonly replayedCount?: number;
  readonly homelessCount?: number;
  /** The receivers that letters of a signal can be replayed to. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

/** What `dead list` prints. */
export function listing({ total, letters }: DeadLetterList, paint: Paint): string {
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

/** What `dead show` prints. */
export function pageOf(page: DeadLetterPage | EndedLetterPage, paint: Paint): string {
  return 'ended' in page ? endOf(page, paint) : letterOf(page, paint);
}

function letterOf(letter: DeadLetterPage, paint: Paint): string {
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

/** What `dead replay` prints. */
export function replayText(
  {
    replayed,
    homeless,
    replayedCount = replayed.length,
    homelessCount = homeless.length,
    targets,
  }: Replay,
  isDry: boolean,
  paint: Paint,
): string {
  if (replayed.length + homeless.length === 0) return 'No dead letter fits, so none is replayed.';
  const done = isDry ? 'would be replayed' : replayedCount === 1 ? 'is replayed' : 'are replayed';
  const unnamed = homelessCount - homeless.length;
  return [
    ...(replayed.length > 0 ? [rows(replayed, paint), ''] : []),
    `${count(replayedCount, 'delivery', 'deliveries')} ${done}.`,
    ...homeless.map(
      ({ id, receiver }) => `${id} is left: the receiver ${receiver} no longer exists.`,
    ),
    ...(unnamed > 0 ? [`And ${unnamed} more are left.`] : []),
    ...(homeless.length > 0 ? otherHomes(targets) : []),
  ].join('\n');
}

function otherHomes(targets: Replay['targets']): readonly string[] {
  const homes = [...new Set(Object.values(targets).flat())];
  if (homes.length === 0) return ['No other durable receiver hears their signal.'];
  return [`Another receiver can take them: --to ${homes.join(', or --to ')}`];
}
