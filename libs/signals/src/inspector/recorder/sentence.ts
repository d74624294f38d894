import type { Span, Trace } from './trace.js';
import { traceName } from './trace-name.js';
import { count, list } from './words.js';

/** How an entry is called in a sentence, such as `Paying an order`; undefined: by its route. */
export type TitleOf = (trace: Trace) => string | undefined;

/** Tells in words what a trace led to. */
export function sentenceOf(trace: Trace, titleOf?: TitleOf): string {
  const { spans } = trace;
  const subject = titleOf?.(trace) ?? traceName(trace);
  const clauses = [
    sent(spans),
    inTurn(spans),
    failed(spans),
    rolledBack(spans),
    afterwards(spans),
    delivered(spans),
    waiting(spans),
    passedBy(spans),
  ].filter((clause) => clause !== undefined);
  const opening = sent(spans) === undefined ? ['sent no signal'] : [];
  return `${subject} ${[...opening, ...clauses].join('; ')}.`;
}

/** Whether there is anything to tell. */
export function hasEffects({ spans }: Trace): boolean {
  return spans.some(({ kind }) => kind !== 'entry' && kind !== 'sql' && kind !== 'transaction');
}

function sent(spans: readonly Span[]): string | undefined {
  const outermost = spans.filter((span) => span.kind === 'signal' && !isInTurn(span, spans));
  if (outermost.length === 0) return undefined;
  const acts = [saved(outermost), told(outermost)].filter((act) => act !== undefined);
  return `${acts.join(' and ')}${where(outermost)}`;
}

function where(sends: readonly Span[]): string {
  const transactions = new Set(sends.map(({ transaction }) => transaction));
  if (transactions.has(undefined)) return '';
  return ` inside ${count(transactions.size, 'transaction')}`;
}

/** `saved two Payments and an Order`: what model signals say is the same for every model. */
function saved(sends: readonly Span[]): string | undefined {
  const acts = Object.entries(MODEL_ACTS).flatMap(([signal, act]) => {
    const models = tally(
      sends.filter(({ name }) => name === signal).map(({ sender = 'row' }) => sender),
    );
    const nouns = [...models].map(([model, times]) =>
      times === 1 ? `${article(model)} ${model}` : count(times, model),
    );
    return nouns.length > 0 ? [`${act} ${list(nouns, 'row')}`] : [];
  });
  return acts.length > 0 ? acts.join(' and ') : undefined;
}

const MODEL_ACTS = {
  'model.postSave': 'saved',
  'model.postDelete': 'removed',
  'model.postSoftDelete': 'softly removed',
  'model.postRestore': 'restored',
  'model.postBulk': 'wrote in bulk to',
};

/** `sent orderPaid to two receivers`. */
function told(sends: readonly Span[]): string | undefined {
  const domain = sends.filter(({ name }) => !name.startsWith('model.'));
  if (domain.length === 0) return undefined;
  const groups = [...tally(domain.map(({ name }) => name))].map(([name, times]) => {
    const receivers = domain.find((send) => send.name === name)?.receivers.length ?? 0;
    const repeated = times > 1 ? `${name} ${count(times, 'time')}` : name;
    return `${repeated} to ${receivers === 0 ? 'nobody' : count(receivers, 'receiver')}`;
  });
  return `sent ${list(groups, 'signal')}`;
}

function tally(labels: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const label of labels) times.set(label, (times.get(label) ?? 0) + 1);
  return times;
}

function inTurn(spans: readonly Span[]): string | undefined {
  const nested = spans.filter((span) => span.kind === 'signal' && isInTurn(span, spans));
  const act = told(nested);
  if (act === undefined) return undefined;
  const senders = new Set(
    nested
      .filter(({ name }) => !name.startsWith('model.'))
      .map((send) => receiverAround(send, spans)),
  );
  return `${list([...senders], 'receiver')} ${act} in turn`;
}

function failed(spans: readonly Span[]): string | undefined {
  const ran = spans.filter(({ kind }) => kind === 'receiver' || kind === 'callback');
  const isolated = ran.filter(({ outcome }) => outcome === 'failed-isolated');
  const aborted = ran.filter(({ outcome }) => outcome === 'failed-aborted');
  const clauses = [
    isolated.length > 0 && `${names(isolated)} failed without affecting the caller`,
    aborted.length > 0 && `${names(aborted)} failed and so did the caller`,
  ].filter(Boolean);
  return clauses.length > 0 ? clauses.join('; ') : undefined;
}

function rolledBack(spans: readonly Span[]): string | undefined {
  const undone = spans.filter((span) => span.outcome === 'rolled-back');
  if (undone.length === 0) return undefined;
  const whole = undone.filter(({ kind }) => kind === 'transaction').length;
  const what = whole > 0 ? count(whole, 'transaction') : count(undone.length, 'savepoint');
  const dropped = spans.filter(
    ({ outcome, reason }) => outcome === 'dropped' && reason === 'rolledBack',
  );
  const were = (whole > 0 ? whole : undone.length) === 1 ? 'was' : 'were';
  return `${what} ${were} rolled back${dropped.length > 0 ? `, which dropped ${names(dropped)}` : ''}`;
}

function afterwards(spans: readonly Span[]): string | undefined {
  const ran = spans.filter(({ kind, outcome }) => kind === 'callback' && outcome === 'ok');
  return ran.length > 0 ? `${names(ran)} ran after the commit` : undefined;
}

function delivered(spans: readonly Span[]): string | undefined {
  const arrived = spans.filter(({ kind, outcome }) => kind === 'delivery' && outcome === 'ok');
  return arrived.length > 0 ? `${names(arrived)} got a delivery of its own` : undefined;
}

function waiting(spans: readonly Span[]): string | undefined {
  const waits = spans.filter(({ outcome }) => outcome === 'pending');
  if (waits.length === 0) return undefined;
  return `${names(waits)} ${waits.length === 1 ? 'is' : 'are'} waiting`;
}

function passedBy(spans: readonly Span[]): string | undefined {
  const writes = spans.filter(({ kind }) => kind === 'bypass');
  if (writes.length === 0) return undefined;
  const missed = [...new Set(writes.flatMap(({ receivers }) => receivers))];
  return `${list(
    writes.map(({ name }) => `${article(name)} ${name}`),
    'write',
  )} passed ${list(missed, 'receiver')} by`;
}

function article(name: string): string {
  return /^[aeiou]/i.test(name) ? 'an' : 'a';
}

function names(spans: readonly Span[]): string {
  return list([...new Set(spans.map(({ name }) => name))], 'receiver');
}

/** Whether a send happened inside a receiver. */
function isInTurn(span: Span, spans: readonly Span[]): boolean {
  return receiverAround(span, spans) !== '';
}

function receiverAround(span: Span, spans: readonly Span[]): string {
  for (let at = span.parent; at !== undefined; at = spans[at]?.parent) {
    const { kind, name = '' } = spans[at] ?? {};
    if (kind === 'receiver' || kind === 'callback') return name;
  }
  return '';
}
