import { describe, expect, it } from '@jest/globals';
import {
  BlockedStatementError,
  NotInTransactionError,
  ParallelSavepointError,
  PreparedTransactionError,
  TransactionAbortedError,
} from 'nestjs-signals/typeorm';

describe('An error about a transaction', () => {
  it.each([
    [
      new ParallelSavepointError(),
      'ParallelSavepointError',
      'A savepoint was opened while another one of the same transaction is open. Await them one ' +
        'after the other instead of in parallel.',
    ],
    [
      new BlockedStatementError(),
      'BlockedStatementError',
      'A statement has waited 30 seconds for a savepoint that other work has open in the same ' +
        'transaction: a robust receiver, or an inner atomic(). It would have been undone with it. ' +
        'Await what you start in a transaction before you open a savepoint that depends on it.',
    ],
    [
      new NotInTransactionError(),
      'NotInTransactionError',
      'withinTransaction was given a manager or query runner that is in no transaction. Begin one ' +
        'on it before, with startTransaction(), or let atomic open one.',
    ],
    [
      TransactionAbortedError.atCommit(),
      'TransactionAbortedError',
      'PostgreSQL rolled this transaction back at COMMIT: a statement in it had failed and the error ' +
        'was swallowed. Let the error through, or do that work in a savepoint (atomic).',
    ],
    [
      TransactionAbortedError.byStatement(),
      'TransactionAbortedError',
      'This transaction was rolled back by a statement before its work had ended; what the work ' +
        'wrote after that was not part of any transaction. Throw instead of sending ROLLBACK.',
    ],
    [
      new PreparedTransactionError(2),
      'PreparedTransactionError',
      'PREPARE TRANSACTION leaves it to a later session whether this transaction commits, so its ' +
        'callbacks (2) could neither be run nor be dropped. Register none, or let durable receivers ' +
        'do that work: their deliveries are part of the transaction.',
    ],
  ])('says by name what has happened, why, and what helps: %s', (error, name, message) => {
    expect({ name: error.name, message: error.message }).toEqual({ name, message });
  });
});
