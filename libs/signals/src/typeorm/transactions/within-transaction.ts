import type { EntityManager, QueryRunner } from 'typeorm';
import { findTransaction } from './find-transaction.js';

/** Thrown by `withinTransaction` when what it is given is in no transaction. */
export class NotInTransactionError extends Error {
  override readonly name = 'NotInTransactionError';

  constructor() {
    super(
      'withinTransaction was given a manager or query runner that is in no transaction. Begin one ' +
        'on it before, with startTransaction(), or let atomic open one.',
    );
  }
}

/**
 * Runs `work` where the open transaction of this query runner, or manager, is the one that `send`,
 * `onCommit`, `atomic` and `currentManager` find by themselves. For transactions that are driven by
 * hand, which are found by their manager only; neither commits nor rolls back.
 *
 * ```ts
 * await runner.startTransaction();
 * await withinTransaction(runner, () => orders.pay(order));
 * await runner.commitTransaction();
 * ```
 *
 * @returns what `work` returns.
 * @throws NotInTransactionError; TransactionEndedError when its transaction has ended.
 */
export function withinTransaction<T>(named: EntityManager | QueryRunner, work: () => T): T {
  const transaction = findTransaction(named);
  if (!transaction) throw new NotInTransactionError();
  return transaction.within(work);
}
