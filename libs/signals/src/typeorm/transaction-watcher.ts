import type {
  AfterQueryEvent,
  EntitySubscriberInterface,
  QueryRunner,
  TransactionCommitEvent,
  TransactionRollbackEvent,
  TransactionStartEvent,
} from 'typeorm';
import type { ErrorSink } from '../index.js';
import { beginAmbient } from './ambient-transaction.js';
import { beginTransaction, transactionOf, type RunnerTransaction } from './runner-transaction.js';
import { readTransactionStatement, type TransactionStatement } from './transaction-statement.js';

/**
 * Thrown to the caller of a COMMIT that PostgreSQL answered with ROLLBACK, because an error had
 * been swallowed inside the transaction. TypeORM would report success.
 */
export class TransactionAbortedError extends Error {
  override readonly name = 'TransactionAbortedError';

  constructor() {
    super(
      'PostgreSQL rolled this transaction back at COMMIT: a statement in it had failed and the ' +
        'error was swallowed. Let the error through, or do that work in a savepoint (atomic).',
    );
  }
}

/**
 * Follows the transactions of a data source by the statements that PostgreSQL answered, whoever
 * sent them: TypeORM, or somebody by hand. TypeORM's own events only tell when a transaction is
 * about to begin, and when TypeORM is through with it.
 *
 * No hook here may throw synchronously, and none of the transaction hooks may fail: TypeORM would
 * hand a connection with an open transaction back to the pool, or roll the outer transaction back.
 */
export class TransactionWatcher implements EntitySubscriberInterface {
  onError: ErrorSink;

  constructor(onError: ErrorSink) {
    this.onError = onError;
  }

  beforeTransactionStart({ queryRunner }: TransactionStartEvent): void {
    if (depthOf(queryRunner) <= 0) this.#begin(queryRunner);
  }

  afterQuery(event: AfterQueryEvent): Promise<void> | undefined {
    const { query, rawResults, success, queryRunner } = event;
    if (Array.isArray(rawResults)) return this.#followEach(query, rawResults, queryRunner);
    const statement = readTransactionStatement(query);
    if (!statement) return undefined;
    return success
      ? this.#follow(statement, commandOf(rawResults), queryRunner)
      : this.#followFailure(statement, event.error, queryRunner);
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): Promise<void> | undefined {
    return depthOf(queryRunner) <= 0 ? this.#finish(queryRunner) : undefined;
  }

  beforeTransactionRollback({ queryRunner }: TransactionRollbackEvent): Promise<void> | undefined {
    if (depthOf(queryRunner) > 1) return undefined;
    transactionOf(queryRunner)?.settle('rolledBack');
    return queryRunner.isReleased ? this.#finish(queryRunner) : undefined;
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): Promise<void> | undefined {
    return depthOf(queryRunner) <= 0 ? this.#finish(queryRunner) : undefined;
  }

  #begin(queryRunner: QueryRunner): void {
    const transaction = beginTransaction(queryRunner);
    transaction.owned = beginAmbient(transaction);
  }

  /** Runs the callbacks while the connection is still held, unless a call waits to do it later. */
  #finish(queryRunner: QueryRunner): Promise<void> | undefined {
    const transaction = transactionOf(queryRunner);
    return transaction?.owned ? undefined : transaction?.runDue(this.onError);
  }

  #follow(
    { verb, savepoint }: TransactionStatement,
    command: string | undefined,
    queryRunner: QueryRunner,
  ): Promise<void> | undefined {
    if (verb === 'begin') {
      if (!transactionOf(queryRunner)?.isOpen) beginTransaction(queryRunner);
      return undefined;
    }
    const transaction = transactionOf(queryRunner);
    if (!transaction?.isOpen) return undefined;
    switch (verb) {
      case 'savepoint':
        transaction.divide(savepoint);
        return undefined;
      case 'release':
        transaction.release(savepoint);
        return undefined;
      case 'rollbackTo':
        transaction.rollbackTo(savepoint);
        return undefined;
      case 'rollback':
        transaction.settle('rolledBack');
        return this.#finishByHand(transaction);
      case 'commit':
        transaction.settle(command === 'ROLLBACK' ? 'rolledBack' : 'committed');
        return command === 'ROLLBACK' ? this.#abort(transaction) : this.#finishByHand(transaction);
    }
  }

  /** A COMMIT that fails has rolled back, unless the connection went away while it was under way. */
  #followFailure(
    { verb }: TransactionStatement,
    error: unknown,
    queryRunner: QueryRunner,
  ): undefined {
    if (verb === 'commit') {
      transactionOf(queryRunner)?.settle(isConnectionLoss(error) ? 'unknown' : 'rolledBack');
    }
    return undefined;
  }

  /** Several statements in one text. Where they cannot be told apart, a rollback is taken for whole. */
  async #followEach(
    text: string,
    results: readonly unknown[],
    queryRunner: QueryRunner,
  ): Promise<void> {
    const statements = text.split(';').filter((statement) => statement.trim() !== '');
    const paired = statements.length === results.length;
    for (const [index, result] of results.entries()) {
      const command = commandOf(result);
      const statement = readTransactionStatement(
        paired ? (statements[index] ?? '') : command === 'ROLLBACK' ? command : '',
      );
      if (statement) await this.#follow(statement, command, queryRunner);
    }
  }

  /** TypeORM knows nothing of a transaction that was ended by a statement, so no event will come. */
  #finishByHand(transaction: RunnerTransaction): Promise<void> | undefined {
    return transaction.queryRunner.isTransactionActive
      ? undefined
      : this.#finish(transaction.queryRunner);
  }

  async #abort(transaction: RunnerTransaction): Promise<never> {
    await this.#finishByHand(transaction);
    throw new TransactionAbortedError();
  }
}

/** 0 outside a transaction; TypeORM keeps it on every runner, but does not declare it. */
function depthOf(queryRunner: QueryRunner): number {
  return (queryRunner as QueryRunner & { readonly transactionDepth: number }).transactionDepth;
}

function commandOf(rawResults: unknown): string | undefined {
  return typeof rawResults === 'object' && rawResults !== null && 'command' in rawResults
    ? String(rawResults.command)
    : undefined;
}

/** SQLSTATE classes 08 (connection) and 57 (operator intervention), or no answer of the server at all. */
function isConnectionLoss(error: unknown): boolean {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('08') || code.startsWith('57P');
}
