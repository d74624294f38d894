import type {
  EntitySubscriberInterface,
  QueryRunner,
  TransactionCommitEvent,
  TransactionRollbackEvent,
  TransactionStartEvent,
} from 'typeorm';
import { bypassChannel, queryChannel, type ErrorSink } from '../index.js';
import { beginAmbient, succeedAmbient } from './ambient-transaction.js';
import { traceRawWrite } from './bypassing-writes.js';
import type { AfterQueryEvent, BeforeQueryEvent } from './compatibility.js';
import { isConnectionLoss } from './connection-loss.js';
import { PreparedTransactionError } from './prepared-transaction.error.js';
import { queryStarted, traceQuery } from './query-trace.js';
import { TransactionAbortedError } from './transaction-aborted.error.js';
import { beginTransaction, transactionOf, type RunnerTransaction } from './runner-transaction.js';
import { readTransactionStatement, type TransactionStatement } from './transaction-statement.js';

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

  beforeQuery({ query, queryRunner }: BeforeQueryEvent): Promise<void> | undefined {
    const isPrepare = readTransactionStatement(query)?.verb === 'prepare';
    const waiting = isPrepare ? (transactionOf(queryRunner)?.pending().length ?? 0) : 0;
    if (waiting > 0) return Promise.reject(new PreparedTransactionError(waiting));
    if (queryChannel.hasSubscribers) queryStarted(queryRunner);
    return undefined;
  }

  afterQuery(event: AfterQueryEvent): Promise<void> | undefined {
    const { query, rawResults, success, queryRunner } = event;
    if (queryChannel.hasSubscribers) traceQuery(event);
    if (bypassChannel.hasSubscribers) traceRawWrite(event);
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
    const transaction = transactionOf(queryRunner);
    const isSavepoint = depthOf(queryRunner) > 1;
    if (!isSavepoint || queryRunner.isReleased) transaction?.settle('rolledBack');
    // The connection is lost, or a statement has ended the transaction inside a savepoint: what
    // TypeORM is about to send fails, and no event will tell that it is through.
    const isLastEvent = queryRunner.isReleased || (isSavepoint && !transaction?.isOpen);
    return isLastEvent ? this.#finish(queryRunner) : undefined;
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): Promise<void> | undefined {
    return depthOf(queryRunner) <= 0 ? this.#finish(queryRunner) : undefined;
  }

  #begin(queryRunner: QueryRunner): void {
    // Whoever began it by a statement shares it: PostgreSQL takes a second START for none.
    const begun = transactionOf(queryRunner);
    const goesOn = begun && begun.outcome === undefined;
    const transaction = goesOn ? begun : beginTransaction(queryRunner);
    transaction.owned = beginAmbient(transaction);
  }

  /** Runs the callbacks while the connection is still held, unless a call waits to do it later. */
  #finish(queryRunner: QueryRunner): Promise<void> | undefined {
    const transaction = transactionOf(queryRunner);
    return transaction?.owned ? undefined : transaction?.runDue(this.onError);
  }

  #follow(
    statement: TransactionStatement,
    command: string | undefined,
    queryRunner: QueryRunner,
  ): Promise<void> | undefined {
    const { verb, savepoint } = statement;
    if (verb === 'begin') {
      if (!transactionOf(queryRunner)?.isOpen) beginTransaction(queryRunner);
      return undefined;
    }
    const transaction = transactionOf(queryRunner);
    if (!transaction?.isOpen) return undefined;
    if (verb === 'savepoint') transaction.divide(savepoint);
    else if (verb === 'release') transaction.release(savepoint);
    else if (verb === 'rollbackTo') transaction.rollbackTo(savepoint);
    else return this.#followEnd(statement, command, transaction);
    return undefined;
  }

  #followEnd(
    { verb, chains }: TransactionStatement,
    command: string | undefined,
    transaction: RunnerTransaction,
  ): Promise<void> | undefined {
    const isAborted = verb !== 'rollback' && command === 'ROLLBACK';
    if (isAborted || verb === 'rollback') transaction.settle('rolledBack');
    else transaction.settle(verb === 'prepare' ? 'unknown' : 'committed');
    const ended = chains ? this.#succeed(transaction) : this.#finishByHand(transaction);
    return isAborted ? this.#abort(ended) : ended;
  }

  /** The connection is in the next transaction, so callbacks of the one that ended run at once. */
  #succeed(ended: RunnerTransaction): Promise<void> | undefined {
    const next = beginTransaction(ended.queryRunner);
    next.owned = ended.owned;
    succeedAmbient(ended, next);
    return ended.runDue(this.onError);
  }

  /** A COMMIT or PREPARE that fails has rolled back, unless the connection went away while it was under way. */
  #followFailure(
    { verb }: TransactionStatement,
    error: unknown,
    queryRunner: QueryRunner,
  ): Promise<void> | undefined {
    const transaction = transactionOf(queryRunner);
    if ((verb !== 'commit' && verb !== 'prepare') || !transaction) return undefined;
    transaction.settle(isConnectionLoss(error) ? 'unknown' : 'rolledBack');
    return this.#finishByHand(transaction);
  }

  /**
   * Several statements in one text. Where they cannot be told apart there is what PostgreSQL called
   * them, and a rollback is taken for whole.
   */
  async #followEach(
    text: string,
    results: readonly unknown[],
    queryRunner: QueryRunner,
  ): Promise<void> {
    const commands = results.map(commandOf);
    const statements = text.split(';').filter((statement) => statement.trim() !== '');
    const told = statements.length === commands.length ? statements : commands;
    for (const [index, command] of commands.entries()) {
      const statement = readTransactionStatement(told[index] ?? '');
      if (statement) await this.#follow(statement, command, queryRunner);
    }
  }

  /** TypeORM knows nothing of a transaction that was ended by a statement, so no event will come. */
  #finishByHand(transaction: RunnerTransaction): Promise<void> | undefined {
    return transaction.queryRunner.isTransactionActive
      ? undefined
      : this.#finish(transaction.queryRunner);
  }

  async #abort(ended: Promise<void> | undefined): Promise<never> {
    await ended;
    throw TransactionAbortedError.atCommit();
  }
}

/** 0 outside a transaction; TypeORM keeps it on every runner, but does not declare it. */
function depthOf(queryRunner: QueryRunner): number {
  return (queryRunner as QueryRunner & { readonly transactionDepth: number }).transactionDepth;
}

/** What PostgreSQL says that it has done: the first word of it. */
function commandOf(rawResults: unknown): string | undefined {
  return (rawResults as { readonly command?: string } | undefined)?.command;
}
