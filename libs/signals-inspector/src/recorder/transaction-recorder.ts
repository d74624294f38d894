import type { CallbackTrace, TransactionTrace } from 'nestjs-signals/diagnostics';
import type { DeliveryRecorder } from './delivery-recorder.js';
import { IGNORED, locate, locatedAt, type SpanWriter } from './span-writer.js';
import type { Outcome, Trace } from './trace.js';

/** Records transactions, their savepoints, and the callbacks that wait for their end. */
export class TransactionRecorder {
  constructor(
    private readonly writer: SpanWriter,
    private readonly deliveries: DeliveryRecorder,
  ) {}

  transactionChanged(told: TransactionTrace): void {
    const { transactions } = this.writer;
    if (told.event === 'begin') {
      const at = this.writer.rooted(this.writer.around(told.cause, undefined), 'a transaction');
      if (!at) return;
      const place = { transaction: told.transaction, depth: 0 };
      const span = this.writer.begin(at.trace, at.span, 'transaction', 'transaction', place);
      transactions.begin(told.transaction, at.trace, span);
      return;
    }
    const open = transactions.get(told.transaction);
    if (!open) return;
    const { trace, savepoints } = open;
    if (told.event === 'savepoint') {
      const place = { transaction: told.transaction, depth: savepoints.length + 1 };
      const outer = this.writer.around(told.cause, { ...place, depth: savepoints.length });
      const parent = outer && outer !== IGNORED ? outer.span : open.span;
      const span = this.writer.begin(trace, parent, 'savepoint', 'savepoint', place);
      savepoints.push({ name: told.savepoint ?? '', span });
      return;
    }
    if (told.event === 'release' || told.event === 'rollbackTo') {
      const index = savepoints.findLastIndex(({ name }) => name === told.savepoint);
      const outcome = told.event === 'release' ? 'ok' : 'rolled-back';
      for (const { span } of savepoints.splice(Math.max(index, 0))) {
        this.writer.end(trace, span, outcome);
        if (outcome === 'rolled-back') {
          this.deliveries.undone(trace, told.transaction, span.depth);
        }
      }
      return;
    }
    for (const { span } of savepoints.splice(0)) this.writer.end(trace, span, ENDED[told.event]);
    this.writer.end(trace, open.span, ENDED[told.event]);
    if (told.event !== 'committed') this.deliveries.undone(trace, told.transaction, 0);
    transactions.end(told.transaction);
    this.writer.closeBackground(open);
  }

  callbackChanged(callback: CallbackTrace): void {
    if (callback.state === 'queued') this.#callbackQueued(callback);
    const at = locatedAt(callback);
    if (!at || at === IGNORED) return;
    const { trace, span } = at;
    switch (callback.state) {
      case 'running':
        span.start = performance.now() - trace.clock;
        span.outcome = 'running';
        span.parent = outside(trace, span.transaction) ?? span.parent;
        span.transaction = undefined;
        span.depth = 0;
        this.writer.touch(trace);
        break;
      case 'ran':
        this.writer.end(trace, span, 'ok');
        break;
      case 'failed':
        this.writer.end(trace, span, 'failed-isolated', { error: callback.error });
        break;
      case 'dropped':
        span.reason = callback.reason;
        this.writer.end(trace, span, 'dropped');
        break;
      case 'queued':
    }
  }

  #callbackQueued(callback: CallbackTrace): void {
    const { cause, place, receiver, isReceiver } = callback;
    const at = this.writer.rooted(this.writer.around(cause, place), callback.label);
    if (!at) return;
    const name = isReceiver && receiver ? receiver.dispatchUid : callback.label;
    const span = this.writer.begin(at.trace, at.span, 'callback', name, place);
    span.outcome = 'pending';
    span.queuedAt = span.start;
    span.queuedBy = at.span?.id;
    span.phase = callback.on === 'commit' ? 'afterCommit' : 'afterRollback';
    span.site = isReceiver ? receiver?.location : callback.site;
    span.isolated = true;
    locate(callback, { trace: at.trace, span });
  }
}

const ENDED: Record<'committed' | 'rolledBack' | 'unknown', Outcome> = {
  committed: 'ok',
  rolledBack: 'rolled-back',
  unknown: 'unknown',
};

/** What a transaction itself ran in: where its callbacks run. */
function outside(trace: Trace, transaction: number | undefined): number | undefined {
  const span = trace.spans.find(
    ({ kind, transaction: number }) => kind === 'transaction' && number === transaction,
  );
  return span?.parent;
}
