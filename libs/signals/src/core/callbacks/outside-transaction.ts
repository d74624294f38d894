import type { Application } from '../diagnostics/traces.js';
import { rememberOrigin, type CallbackOwner } from './callback-origin.js';
import { runTracedCallback, traceCallback } from './traced-callback.js';
import { report, runCallbacks, type ErrorSink } from '../error-sink.js';
import {
  NoTransactionError,
  type OutsideTransactionPolicy,
  type TransactionCallback,
  type TransactionSource,
} from '../transaction.js';

/**
 * Runs after-commit work for which no transaction is open: at once, its first part before this
 * returns; a failure is reported (Django runs it at once too, but lets the failure through).
 *
 * @returns settled when the work has ended; never rejects for the work's failure.
 * @throws NoTransactionError under the policy `throw`.
 */
export function runOutsideTransaction(
  callback: TransactionCallback,
  what: string,
  policy: OutsideTransactionPolicy,
  sink: ErrorSink,
  application?: Application,
): Promise<void> {
  if (policy === 'throw') throw new NoTransactionError(what);
  if (policy === 'warn') {
    process.emitWarning(new NoTransactionError(what).message, 'SignalsWarning');
  }
  const trace = traceCallback('commit', callback, { application, label: what, place: undefined });
  const run = trace ? () => runTracedCallback(trace, callback) : callback;
  return runCallbacks([run], sink, `${what} failed`);
}

/** As {@link runOutsideTransaction}; a callback that is running here ends after it. */
export function runAtOnce(
  callback: TransactionCallback,
  what: string,
  environment: {
    readonly application: Application;
    readonly outsideTransaction: OutsideTransactionPolicy;
    readonly onError: ErrorSink;
    readonly transactions: TransactionSource | undefined;
  },
): void {
  const { application, outsideTransaction, onError, transactions } = environment;
  const begun = runOutsideTransaction(callback, what, outsideTransaction, onError, application);
  transactions?.awaitInCallback?.(begun);
}

/** Wraps work so that its failure is reported under its own name. */
export function reported(
  callback: TransactionCallback,
  what: string,
  sink: ErrorSink,
  by: CallbackOwner,
): () => Promise<void> {
  const reporting = async (): Promise<void> => {
    try {
      await callback();
    } catch (error) {
      report(sink, error, `${what} failed`);
    }
  };
  rememberOrigin(reporting, { what, work: callback, sink, by });
  return reporting;
}
