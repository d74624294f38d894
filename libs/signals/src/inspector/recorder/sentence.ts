import type { Span, Trace } from './trace.js';
import { traceName } from './trace-name.js';
import { count, list } from './words.js';

/** How an entry is called in a sentence, such as `Paying an order`; undefined: by its route. */
export type TitleOf = (trace: Trace) => string | undefined;

const FAILED: ReadonlySet<string> = new Set(['failed', 'failed-isolated', 'failed-aborted']);

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
    waiting(spans),
    passedBy(spans),
  ].filter((clause) => clause !== undefined);
  const [first = 'sent no signal', ...others] = clauses;
  const told = first.startsWith('sent')
    ? `${subject} ${first}`
    : `${subject} sent no signal; ${first}`;
  return `${[told, ...others].join('; ')}.`;
}

/** Whether there is anything to tell. */
export function hasEffects({ spans }: Trace): boolean {
  return spans.some(({ kind }) => kind !== 'entry' && kind !== 'sql' && kind !== 'transaction');
}

function sent(spans: readonly Span[]): string | undefined {
  const outermost = spans.filter((span) => span.kind === 'signal' && !isInTurn(span, spans));
  if (outermost.length === 0) return undefined;
  const transactions = new Set(outermost.map(({ transaction }) => transaction).filter(Boolean));
  const where =
    transactions.size === 0
      ? 'outside any transaction'
      : `inside ${count(transactions.size, 'transaction')}`;
  const groups = grouped(outermost);
  if (groups.length > 3) {
    const receivers = spans.filter(({ kind }) => kind === 'receiver').length;
    return `sent ${count(outermost.length, 'signal')} to ${count(receivers, 'receiver')} ${where}`;
  }
  return `sent ${list(groups, 'signal')} ${where}`;
}

/** `orderPaid to two receivers`, once for sends of one signal and sender. */
function grouped(sends: readonly Span[]): readonly string[] {
  const groups = new Map<string, { times: number; receivers: number }>();
  for (const { name, sender, receivers } of sends) {
    const label = sender && name.startsWith('model.') ? `${name}(${sender})` : name;
    const { times = 0 } = groups.get(label) ?? {};
    groups.set(label, { times: times + 1, receivers: receivers.length });
  }
  return [...groups].map(([label, { times, receivers }]) => {
    const repeated = times > 1 ? `${label} ${count(times, 'time')}` : label;
    return `${repeated} to ${receivers === 0 ? 'nobody' : count(receivers, 'receiver')}`;
  });
}

function inTurn(spans: readonly Span[]): string | undefined {
  const nested = spans.filter((span) => span.kind === 'signal' && isInTurn(span, spans));
  if (nested.length === 0) return undefined;
  return `receivers sent ${list([...new Set(nested.map(({ name }) => name))], 'signal')} in turn`;
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
  for (let at = span.parent; at !== undefined; at = spans[at]?.parent) {
    const kind = spans[at]?.kind;
    if (kind === 'receiver' || kind === 'callback') return true;
  }
  return false;
}

export function isFailure({ outcome }: Span): boolean {
  return FAILED.has(outcome);
}
