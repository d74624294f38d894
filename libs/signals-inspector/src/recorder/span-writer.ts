import { randomUUID } from 'node:crypto';
import type { TransactionPlace } from 'nestjs-signals/integration';
import type { Cause } from 'nestjs-signals/diagnostics';
import { enclosing, OpenTransactions } from './open-transactions.js';
import { shownError } from './shown-error.js';
import type { Span, SpanKind, Trace } from './trace.js';
import type { TraceStore } from './trace-store.js';

/** Where a trace object of the channels has its span. */
export interface Located {
  readonly trace: Trace;
  readonly span: Span;
}

const LOCATED = Symbol('nestjs-signals.located');
/** The entry is none that is recorded, and neither is what it leads to. */
export const IGNORED = Symbol('ignored');

type Locatable = object & { [LOCATED]?: Located | typeof IGNORED };

export function locate(trace: object, at: Located | typeof IGNORED): void {
  (trace as Locatable)[LOCATED] = at;
}

export function locatedAt(trace: object): Located | typeof IGNORED | undefined {
  return (trace as Locatable)[LOCATED];
}

/** A span of a usual size with its texts. */
const BYTES = 360;

/** Writes spans into traces, each below what it ran in. */
export class SpanWriter {
  readonly transactions = new OpenTransactions();
  #sequence = 0;
  /** Told of every change, as soon as anybody wants to know. */
  changed: ((trace: Trace) => void) | undefined;
  /** Told of every trace that has ended. */
  ended: ((trace: Trace) => void) | undefined;

  constructor(readonly store: TraceStore) {}

  get sequence(): number {
    return this.#sequence;
  }

  /** What encloses something with this cause and place; undefined where nothing does. */
  around(
    cause: Cause | undefined,
    place: TransactionPlace | undefined,
  ): Located | typeof IGNORED | undefined {
    const by = nearest(cause);
    if (by === IGNORED || !place) return by;
    const open = this.transactions.get(place.transaction);
    if (!open || (by && by.trace !== open.trace)) return by;
    const isInside = by?.span.transaction === place.transaction && by.span.depth >= place.depth;
    return isInside ? by : { trace: open.trace, span: enclosing(open, place.depth) };
  }

  /** What began without an entry has a trace of its own. */
  rooted(
    at: Located | typeof IGNORED | undefined,
    name: string,
  ): { readonly trace: Trace; readonly span: Located['span'] | undefined } | undefined {
    if (at === IGNORED) return undefined;
    if (at) return at;
    return { trace: this.open(randomUUID(), 'background', { name }), span: undefined };
  }

  /** With its first span, a trace has ended too. */
  close({ trace, span }: Located): void {
    trace.duration = span.end;
    this.store.settle(trace);
    this.ended?.(trace);
  }

  closeBackground(at: Located): void {
    if (at.trace.entry === 'background' && at.span.parent === undefined) this.close(at);
  }

  open(id: string, entry: string, facts: Record<string, unknown>): Trace {
    const trace: Trace = {
      id,
      entry,
      startedAt: Date.now(),
      clock: performance.now(),
      facts,
      spans: [],
      truncated: 0,
      duration: undefined,
      sequence: (this.#sequence += 1),
      bytes: 600,
      failures: 0,
      isPinned: false,
      isKept: true,
    };
    this.store.add(trace);
    return trace;
  }

  /** A span that begins now. In a trace that is full it stands nowhere, and its parent takes its place. */
  begin(
    trace: Trace,
    parent: Span | undefined,
    kind: SpanKind,
    name: string,
    place: TransactionPlace | undefined,
  ): Span {
    const start = performance.now() - trace.clock;
    const instead = trace.spans.length < this.store.retention.spans ? undefined : parent;
    const span: Span = {
      id: instead ? instead.id : trace.spans.length,
      parent: parent?.id,
      kind,
      name,
      start,
      end: undefined,
      outcome: 'running',
      transaction: place?.transaction,
      depth: place?.depth ?? 0,
      site: undefined,
      phase: undefined,
      isolated: false,
      sender: undefined,
      queuedBy: undefined,
      queuedAt: undefined,
      reason: undefined,
      rows: undefined,
      input: undefined,
      error: undefined,
      notRun: NOTHING,
      receivers: NOTHING,
      delivery: undefined,
      job: undefined,
    };
    if (instead) {
      trace.truncated += 1;
      this.store.spanDropped();
      return span;
    }
    trace.spans.push(span);
    this.store.grow(trace, BYTES + 2 * name.length);
    this.touch(trace);
    return span;
  }

  end(
    trace: Trace,
    span: Span,
    outcome: Span['outcome'],
    error?: { readonly error: unknown },
  ): void {
    span.end = performance.now() - trace.clock;
    span.outcome = outcome;
    if (error) {
      span.error = shownError(error.error);
      trace.failures += 1;
      this.store.settle(trace);
      this.store.grow(trace, 1_500);
    }
    if (trace.duration !== undefined && trace.duration < span.end && trace.entry === 'background') {
      trace.duration = span.end;
    }
    this.touch(trace);
  }

  /** Accounts for what is kept of a span beside its usual size. */
  grow(trace: Trace, bytes: number): void {
    if (bytes > 0) this.store.grow(trace, bytes);
  }

  touch(trace: Trace): void {
    trace.sequence = this.#sequence += 1;
    this.changed?.(trace);
  }
}

const NOTHING: readonly never[] = Object.freeze([]);

/** A cause from before the recording began leads to the one around it. */
function nearest(cause: Cause | undefined): Located | typeof IGNORED | undefined {
  for (let at = cause; at; at = at.kind === 'entry' ? undefined : at.cause) {
    const located = locatedAt(at);
    if (located) return located;
  }
  return undefined;
}
