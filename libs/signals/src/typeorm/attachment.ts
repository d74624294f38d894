import type { DataSource, EntitySubscriberInterface } from 'typeorm';
import { consoleErrorSink, type ErrorSink } from '../index.js';
import { instrumentManagers } from './instrumented-managers.js';
import { statementGate } from './statement-gate.js';
import { assertSupported } from './supported.js';
import { TransactionWatcher } from './transaction-watcher.js';

const watchers = new WeakMap<DataSource, TransactionWatcher>();

/**
 * Makes the transactions of a data source known, once; `atomic` and `onCommit` do it on demand.
 * Stays for the life of the data source: an open transaction may depend on it.
 *
 * @throws UnsupportedDatabaseError
 */
export function watchTransactions(dataSource: DataSource, onError?: ErrorSink): void {
  let watcher = watchers.get(dataSource);
  if (!watcher) {
    assertSupported(dataSource);
    watcher = new TransactionWatcher(onError ?? consoleErrorSink);
    watchers.set(dataSource, watcher);
    instrumentManagers(dataSource, (watched) => watchers.get(watched)?.onError);
  }
  if (onError) watcher.onError = onError;
  addSubscriber(dataSource, watcher);
  addSubscriber(dataSource, statementGate);
}

/** Who is told of failed callbacks of a data source. */
export function errorSinkOf(dataSource: DataSource): ErrorSink {
  return watchers.get(dataSource)?.onError ?? consoleErrorSink;
}

/**
 * In front of all others: a subscriber that throws synchronously hides the event from those behind
 * it. A data source that is destroyed and initialized again has forgotten its subscribers.
 */
export function addSubscriber(
  dataSource: DataSource,
  subscriber: EntitySubscriberInterface,
): Disposable {
  if (!dataSource.subscribers.includes(subscriber)) dataSource.subscribers.unshift(subscriber);
  return {
    [Symbol.dispose]: () => {
      const index = dataSource.subscribers.indexOf(subscriber);
      if (index >= 0) dataSource.subscribers.splice(index, 1);
    },
  };
}
