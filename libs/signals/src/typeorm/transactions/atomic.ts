import type { DataSource, EntityManager } from 'typeorm';
import type { TransactionOptions } from '../../core/index.js';
import { ambientTransaction } from './ambient-transaction.js';
import { watchTransactions } from './watch.js';
import { refuseTransactionOfOther } from './other-copies.js';
import { besideTransaction } from './writes-beside.js';

/** Thrown when `atomic` is nested although its options only make sense on the outermost level. */
export class NestedAtomicError extends Error {
  override readonly name = 'NestedAtomicError';
}

/**
 * Runs `work` in a transaction of the data source, which commits when `work` returns and rolls back
 * when it throws. Nested calls in the same context are real savepoints: an inner failure that the
 * outer level catches undoes the inner work alone (Django: `transaction.atomic`).
 *
 * Inside, `send` and `onCommit` find the transaction by themselves; write through the given
 * manager. Callbacks registered with `onCommit` have run when the outermost call returns.
 *
 * @throws what `work` throws, unchanged; TransactionAbortedError when PostgreSQL rolled back at
 * COMMIT because an error had been swallowed; NestedAtomicError; ParallelSavepointError; SeveralCopiesError.
 */
export async function atomic<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  { propagation, ...options }: TransactionOptions = {},
): Promise<T> {
  if (propagation === 'requiresNew') {
    return besideTransaction(() => atomic(dataSource, work, options));
  }
  const outer = ambientTransaction((transaction) => transaction.dataSource === dataSource);
  if (outer) {
    refuseNesting(options);
    return outer.savepoint((inner) => work(inner.manager));
  }
  refuseTransactionOfOther(dataSource);
  watchTransactions(dataSource);
  return options.isolation
    ? dataSource.transaction(options.isolation, work)
    : dataSource.transaction(work);
}

function refuseNesting({ durable, isolation }: TransactionOptions): void {
  if (durable) {
    throw new NestedAtomicError(
      'atomic with { durable: true } was called inside a transaction, where a return cannot mean ' +
        'that anything is committed.',
    );
  }
  if (isolation) {
    throw new NestedAtomicError(
      `atomic with { isolation: '${isolation}' } was called inside a transaction, whose isolation ` +
        'level stands. Ask for it at the outermost level.',
    );
  }
}

/**
 * The manager of the ambient transaction of this data source, or its default one when there is
 * none. For code that works in either case.
 */
export function currentManager(dataSource: DataSource): EntityManager {
  const transaction = ambientTransaction((candidate) => candidate.dataSource === dataSource);
  return transaction?.manager ?? dataSource.manager;
}
