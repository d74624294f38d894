/**
 * Thrown to whoever waits for a transaction that PostgreSQL has rolled back although nothing threw.
 * TypeORM would report success.
 */
export class TransactionAbortedError extends Error {
  override readonly name = 'TransactionAbortedError';

  /** COMMIT was answered with ROLLBACK. */
  static atCommit(): TransactionAbortedError {
    return new TransactionAbortedError(
      'PostgreSQL rolled this transaction back at COMMIT: a statement in it had failed and the ' +
        'error was swallowed. Let the error through, or do that work in a savepoint (atomic).',
    );
  }

  /** A statement rolled back what a call was still at work in. */
  static byStatement(): TransactionAbortedError {
    return new TransactionAbortedError(
      'This transaction was rolled back by a statement before its work had ended; what the work ' +
        'wrote after that was not part of any transaction. Throw instead of sending ROLLBACK.',
    );
  }
}
