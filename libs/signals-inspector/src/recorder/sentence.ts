import type { Span, Trace } from './trace.js';
import { traceName } from './trace-name.js';
import { count, enumerate, howOften, list, ordinal, pluralOf, withArticle } from './words.js';

/** How an entry is called in a sentence, such as `Paying an order`; undefined: by its route. */
export type TitleOf = (trace: Trace) => string | undefined;

/** Tells in words what a trace led to: on the page, in the log and on the command line. */
export function sentenceOf(trace: Trace, titleOf?: TitleOf): string {
  return trace.entry === 'job' ? sentenceOfJob(trace) : sentenceOfEntry(trace, titleOf);
}

/** Whether there is anything to tell. */
export function hasEffects({ spans }: Trace): boolean {
  return spans.some(({ kind }) => kind !== 'entry' && kind !== 'sql' && kind !== 'transaction');
}

/** `Paying an order sent orderPaid to two receivers inside one transaction; …` */
function sentenceOfEntry(trace: Trace, titleOf: TitleOf | undefined): string {
  const title = titleOf?.(trace) ?? traceName(trace);
  const subject = trace.entry === 'background' ? 'Background work' : title;
  const story = new Story(trace.spans, undefined);
  const opening = story.sent() ?? 'sent no signal';
  return `${subject} ${[opening, ...story.consequences()].join('; ')}.`;
}

/** `mailReceipt received receiptIssued at the second attempt, and saved a Receipt; …` */
function sentenceOfJob(trace: Trace): string {
  const { signal, attempt } = trace.facts;
  const again = typeof attempt === 'number' && attempt > 1;
  const received = `received ${typeof signal === 'string' ? signal : 'a delivery'}`;
  const job = trace.spans.find(({ kind }) => kind === 'receiver');
  const story = new Story(trace.spans, job);
  const hasFailed = trace.spans[0]?.outcome === 'failed';
  const acts = [
    again ? `${received} at the ${ordinal(attempt)} attempt` : received,
    story.sent(),
    hasFailed ? 'failed' : undefined,
  ].filter((act) => act !== undefined);
  return `${traceName(trace)} ${[inARow(acts), ...story.consequences()].join('; ')}.`;
}

/** Acts have `and` in them, so that a comma stands before the last one. */
function inARow(acts: readonly string[]): string {
  const last = acts.at(-1) ?? '';
  return acts.length < 2 ? last : `${acts.slice(0, -1).join(', ')}, and ${last}`;
}

/** What the spans of a trace tell, a clause for each kind of consequence. */
class Story {
  /** @param job the receiver that the trace is about; what it sends is not sent in turn. */
  constructor(
    private readonly spans: readonly Span[],
    private readonly job: Span | undefined,
  ) {}

  sent(): string | undefined {
    const outermost = this.#of('signal').filter((span) => this.#receiverAround(span) === undefined);
    const acts = [saved(outermost), told(outermost)].filter((act) => act !== undefined);
    return acts.length === 0 ? undefined : `${acts.join(' and ')}${inTransactions(outermost)}`;
  }

  consequences(): readonly string[] {
    return [
      this.#inTurn(),
      ...this.#failed(),
      this.#rolledBack(),
      this.#afterwards(),
      ...this.#queued(),
      this.#passedBy(),
    ].filter((clause) => clause !== undefined);
  }

  #inTurn(): string | undefined {
    const nested = this.#of('signal').filter((span) => this.#receiverAround(span) !== undefined);
    const act = told(nested);
    if (act === undefined) return undefined;
    const senders = nested.filter(isDomain).map((send) => this.#receiverAround(send) ?? '');
    return `${list([...new Set(senders)], 'receiver')} ${act} in turn`;
  }

  #failed(): readonly string[] {
    const ran = [...this.#of('receiver'), ...this.#of('callback')].filter(
      (span) => span !== this.job,
    );
    const isolated = ran.filter(({ outcome }) => outcome === 'failed-isolated');
    const aborted = ran.filter(({ outcome }) => outcome === 'failed-aborted');
    return [
      ...(isolated.length > 0 ? [`${names(isolated)} failed without affecting the caller`] : []),
      ...(aborted.length > 0 ? [`${names(aborted)} failed and so did the caller`] : []),
    ];
  }

  #rolledBack(): string | undefined {
    const undone = this.spans.filter(({ outcome }) => outcome === 'rolled-back');
    if (undone.length === 0) return undefined;
    const whole = undone.filter(({ kind }) => kind === 'transaction').length;
    const what = whole > 0 ? count(whole, 'transaction') : count(undone.length, 'savepoint');
    const dropped = this.spans.filter(
      ({ outcome, reason }) => outcome === 'dropped' && reason === 'rolledBack',
    );
    const were = (whole > 0 ? whole : undone.length) === 1 ? 'was' : 'were';
    const loss = dropped.length > 0 ? `, which dropped ${names(dropped)}` : '';
    return `${what} ${were} rolled back${loss}`;
  }

  #afterwards(): string | undefined {
    const ran = this.#of('callback').filter(({ outcome }) => outcome === 'ok');
    const acts = (['commit', 'rollback'] as const).flatMap((end) => {
      const phase = end === 'commit' ? 'afterCommit' : 'afterRollback';
      const after = ran.filter((span) => span.phase === phase);
      return after.length > 0 ? [`${names(after)} ran after the ${end}`] : [];
    });
    return acts.length > 0 ? acts.join(' and ') : undefined;
  }

  /** `mailReceipt was queued and is waiting`. */
  #queued(): readonly string[] {
    const deliveries = this.#of('delivery');
    const waiting = this.#of('callback').filter(({ outcome }) => outcome === 'pending');
    const fates = [
      ['pending', 'is waiting', 'are waiting'],
      ['running', 'is running', 'are running'],
      ['ok', 'has run', 'have run'],
      ['failed-isolated', 'has failed', 'have failed'],
    ] as const;
    const clauses = fates.flatMap(([fate, one, more]) => {
      const such = deliveries.filter(({ outcome }) => outcome === fate);
      if (such.length === 0) return [];
      return [
        `${names(such)} ${isOne(such) ? `was queued and ${one}` : `were queued and ${more}`}`,
      ];
    });
    if (waiting.length === 0) return clauses;
    return [
      ...clauses,
      `${names(waiting)} ${isOne(waiting) ? 'waits' : 'wait'} for the end of its transaction`,
    ];
  }

  #passedBy(): string | undefined {
    const writes = this.#of('bypass');
    if (writes.length === 0) return undefined;
    const missed = [...new Set(writes.flatMap(({ receivers }) => receivers))];
    const what = list([...new Set(writes.map(({ name }) => withArticle(name)))], 'write');
    return `${what} passed ${list(missed, 'receiver')} by`;
  }

  #of(kind: Span['kind']): readonly Span[] {
    return this.spans.filter((span) => span.kind === kind);
  }

  /** The receiver or callback that a send happened inside. */
  #receiverAround(span: Span): string | undefined {
    for (let at = span.parent; at !== undefined; at = this.spans[at]?.parent) {
      const around = this.spans[at];
      if (around === this.job) continue;
      if (around?.kind === 'receiver' || around?.kind === 'callback') return around.name;
    }
    return undefined;
  }
}

/** `saved Payments twice and an Order`: two saves may well be of one row. */
function saved(sends: readonly Span[]): string | undefined {
  const acts = Object.entries(MODEL_ACTS).flatMap(([signal, act]) => {
    const models = sends.filter(({ name }) => name === signal).map(({ sender = 'row' }) => sender);
    const nouns = [...tally(models)].map(([model, times]) =>
      times === 1 ? withArticle(model) : `${pluralOf(model)} ${howOften(times)}`,
    );
    if (nouns.length === 0) return [];
    return [`${act} ${nouns.length > 3 ? `rows ${howOften(models.length)}` : enumerate(nouns)}`];
  });
  const written = [
    ...new Set(sends.filter(({ name }) => name === 'model.postBulk').map(({ sender }) => sender)),
  ];
  if (written.length > 0) {
    acts.push(`wrote in bulk to ${list(written.map(String), 'table')}`);
  }
  return acts.length > 0 ? acts.join(' and ') : undefined;
}

const MODEL_ACTS = {
  'model.postSave': 'saved',
  'model.postDelete': 'removed',
  'model.postSoftDelete': 'softly removed',
  'model.postRestore': 'restored',
};

/** `sent orderPaid to two receivers`. */
function told(sends: readonly Span[]): string | undefined {
  const domain = sends.filter(isDomain);
  if (domain.length === 0) return undefined;
  const groups = [...tally(domain.map(({ name }) => name))].map(([name, times]) => {
    const receivers = domain.find((send) => send.name === name)?.receivers.length ?? 0;
    const repeated = times > 1 ? `${name} ${howOften(times)}` : name;
    return `${repeated} to ${receivers === 0 ? 'nobody' : count(receivers, 'receiver')}`;
  });
  return `sent ${groups.length > 3 ? count(domain.length, 'signal') : enumerate(groups)}`;
}

function inTransactions(sends: readonly Span[]): string {
  const transactions = new Set(sends.map(({ transaction }) => transaction));
  return transactions.has(undefined) ? '' : ` inside ${count(transactions.size, 'transaction')}`;
}

function isDomain({ name }: Span): boolean {
  return !name.startsWith('model.');
}

function tally(labels: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const label of labels) times.set(label, (times.get(label) ?? 0) + 1);
  return times;
}

function names(spans: readonly Span[]): string {
  return list([...new Set(spans.map(({ name }) => name))], 'receiver');
}

function isOne(spans: readonly Span[]): boolean {
  return new Set(spans.map(({ name }) => name)).size === 1;
}
