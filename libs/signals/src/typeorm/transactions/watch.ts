import type { DataSource } from 'typeorm';
import { consoleErrorSink, type ErrorSink } from '../../core/index.js';
import { report } from '../../integration/index.js';
import { attachedSignals, type AttachedSignals } from '../attached-signals.js';
import { instrumentManagers } from './manager-patch.js';
import { keepSubscriber } from '../kept-subscribers.js';
import { statementGate } from './statement-gate.js';
import { assertSupported } from '../supported.js';
import { warnOfUnheard } from '../unheard-data-source.js';
import { TransactionWatcher } from './transaction-watcher.js';

const watchers = new WeakMap<DataSource, TransactionWatcher>();

/**
 * Makes the transactions of a data source known, once; `atomic` and `onCommit` do it on demand.
 * Stays for the life of the data source: an open transaction may depend on it.
 *
 * @throws UnsupportedDatabaseError
 */
export function watchTransactions(dataSource: DataSource): TransactionWatcher {
  const watched = watchers.get(dataSource);
  if (watched) return watched;
  assertSupported(dataSource);
  const watcher = new TransactionWatcher(errorSinkOf(dataSource));
  watchers.set(dataSource, watcher);
  if (attachedSignals(dataSource).length === 0) warnOfUnheard(dataSource);
  instrumentManagers(dataSource, (managed) => watchers.has(managed));
  keepSubscriber(dataSource, statementGate);
  keepSubscriber(dataSource, watcher);
  return watcher;
}

/** Who is told of failed callbacks of a data source: every application that is attached by then. */
export function errorSinkOf(dataSource: DataSource): ErrorSink {
  return (error, what) => sinkOf(attachedSignals(dataSource))(error, what);
}

/** Standard error where there is no application. */
export function sinkOf(attached: readonly AttachedSignals[]): ErrorSink {
  if (attached.length === 0) return consoleErrorSink;
  return (error, what) => {
    for (const { onError } of attached) report(onError, error, what);
  };
}
