import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Signals } from 'nestjs-signals/core';
import { nameOfSender } from 'nestjs-signals/integration';
import {
  traceSites,
  type BypassTrace,
  type CallbackTrace,
  type DeliveryTrace,
  type EntryTrace,
  type QueryTrace,
  type ReceiverTrace,
  type SendTrace,
  type TransactionTrace,
} from 'nestjs-signals/diagnostics';
import { DeliveryRecorder } from './delivery-recorder.js';
import { RunRecorder, type MaybeFailed } from './run-recorder.js';
import { ShownValues, type VisibleField } from './shown-value.js';
import { IGNORED, locate, locatedAt, SpanWriter } from './span-writer.js';
import { Statements } from './statements.js';
import type { Statistics } from './statistics.js';
import type { Trace } from './trace.js';
import { TransactionRecorder } from './transaction-recorder.js';
import { DEFAULT_RETENTION, TraceStore, type Retention } from './trace-store.js';

export interface RecorderOptions {
  /** Whose traces are recorded. Default: those of every application in the process. */
  readonly application?: Signals;
  readonly retention?: Partial<Retention>;
  /** Texts that may be shown; without it, only their lengths are. */
  readonly isVisible?: VisibleField;
  /** Records values of statements' parameters too. */
  readonly captureParameters?: boolean;
  /** Records the line of each send. */
  readonly sites?: boolean;
  /** Entries that are left out with all that they lead to. */
  readonly ignores?: (entry: EntryTrace) => boolean;
  /** Told when an entry has ended. */
  readonly onEnd?: (trace: Trace) => void;
}

/** Listens to the channels and keeps what they tell as traces, in memory and bounded. */
export class Recorder implements Disposable {
  readonly store: TraceStore;
  readonly writer: SpanWriter;
  readonly statistics: Statistics;
  readonly #subscriptions: readonly (readonly [string, (message: unknown) => void])[];
  readonly #sites: Disposable | undefined;
  readonly #deliveries: DeliveryRecorder;
  readonly #statements = new Statements();
  readonly #parameters = new ShownValues(() => true);

  constructor(private readonly options: RecorderOptions = {}) {
    this.store = new TraceStore({ ...DEFAULT_RETENTION, ...options.retention });
    this.writer = new SpanWriter(this.store);
    this.writer.ended = options.onEnd;
    this.#deliveries = new DeliveryRecorder(this.writer);
    const runs = new RunRecorder(this.writer, new ShownValues(options.isVisible ?? (() => false)));
    const transactions = new TransactionRecorder(this.writer, this.#deliveries);
    this.statistics = runs.statistics;
    const listeners: readonly (readonly [string, (message: unknown) => void])[] = [
      ['tracing:signals:entry:start', (entry) => this.#entryBegan(entry as EntryTrace)],
      ['tracing:signals:entry:asyncEnd', (entry) => this.#entryEnded(entry as EntryTrace)],
      ['tracing:signals:send:start', (send) => runs.sendBegan(send as SendTrace)],
      ['tracing:signals:send:asyncEnd', (send) => runs.sendEnded(send as SendTrace)],
      ['tracing:signals:receiver:start', (run) => runs.receiverBegan(run as ReceiverTrace)],
      ['tracing:signals:receiver:asyncEnd', (run) => runs.receiverEnded(run as ReceiverTrace)],
      ['signals:callback', (callback) => transactions.callbackChanged(callback as CallbackTrace)],
      ['signals:transaction', (told) => transactions.transactionChanged(told as TransactionTrace)],
      ['signals:delivery', (written) => this.#deliveries.written(written as DeliveryTrace)],
      ['signals:query', (query) => this.#answered(query as QueryTrace)],
      ['signals:bypass', (bypass) => this.#passedBy(bypass as BypassTrace)],
    ];
    this.#subscriptions = listeners.map(([name, handle]) => [
      name,
      guarded(handle, options.application),
    ]);
    for (const [name, handle] of this.#subscriptions) subscribe(name, handle);
    this.#sites = options.sites ? traceSites() : undefined;
  }

  [Symbol.dispose](): void {
    for (const [name, handle] of this.#subscriptions) unsubscribe(name, handle);
    this.#sites?.[Symbol.dispose]();
    this.writer.changed = undefined;
    this.writer.ended = undefined;
    this.writer.transactions.clear();
    this.store.clear();
  }

  #entryBegan(entry: EntryTrace): void {
    if (this.options.ignores?.(entry)) {
      locate(entry, IGNORED);
      return;
    }
    const trace = this.writer.open(entry.id, entry.entry, entry.facts);
    const span = this.writer.begin(trace, undefined, 'entry', entry.entry, undefined);
    locate(entry, { trace, span });
    if (entry.entry === 'job') this.#deliveries.attempted(trace);
  }

  #entryEnded(entry: EntryTrace & MaybeFailed): void {
    const at = locatedAt(entry);
    if (!at || at === IGNORED) return;
    const { trace, span } = at;
    const { status } = entry.facts;
    const isFailed = 'error' in entry && !(typeof status === 'number' && status < 500);
    const outcome = isFailed || (typeof status === 'number' && status >= 500) ? 'failed' : 'ok';
    this.writer.end(trace, span, outcome, isFailed ? { error: entry.error } : undefined);
    if (entry.entry === 'job') this.#deliveries.attempted(trace, { isFailed });
    this.writer.close(at);
  }

  #answered(query: QueryTrace): void {
    const { text, types, isTransactional } = this.#statements.of(query.sql, query.parameters);
    if (isTransactional) return;
    const at = this.writer.around(query.cause, query.place);
    if (!at || at === IGNORED) return;
    const { trace } = at;
    const span = this.writer.begin(trace, at.span, 'sql', text, query.place);
    span.start = Math.max(0, span.start - query.duration);
    span.rows = query.rows;
    span.input = this.options.captureParameters ? this.#parameters.of(query.parameters) : types;
    this.writer.grow(trace, this.#parameters.bytes);
    const isFailed = query.error !== undefined;
    this.writer.end(trace, span, isFailed ? 'failed' : 'ok', isFailed ? query : undefined);
  }

  #passedBy(bypass: BypassTrace): void {
    const at = this.writer.around(bypass.cause, bypass.place);
    if (!at || at === IGNORED) return;
    const name = `${bypass.operation} of ${nameOfSender(bypass.sender)}`;
    const span = this.writer.begin(at.trace, at.span, 'bypass', name, bypass.place);
    span.reason = bypass.by;
    span.site = bypass.site;
    this.statistics.passedBy(name);
    span.receivers = bypass.missed.map(({ dispatchUid }) => dispatchUid);
    this.writer.end(at.trace, span, 'ok');
  }
}

let hasWarned = false;

/** What a listener of a channel throws ends the process; recording is not worth that. */
function guarded(
  handle: (message: unknown) => void,
  application: Signals | undefined,
): (message: unknown) => void {
  return (message) => {
    const { application: other } = message as { readonly application?: Signals };
    if (application && other && other !== application) return;
    try {
      handle(message);
    } catch (error) {
      if (hasWarned) return;
      hasWarned = true;
      process.emitWarning(`The recorder of signals failed: ${String(error)}`, 'SignalsWarning');
    }
  };
}
