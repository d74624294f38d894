import type {
  EntitySubscriberInterface,
  QueryRunner,
  TransactionRollbackEvent,
  TransactionStartEvent,
} from 'typeorm';
import type { ErrorSink } from '../../core/index.js';
import { bypassChannel, queryChannel } from '../../diagnostics/index.js';
import { chainAmbient } from './ambient-transaction.js';
import { ambient, type TransactionScope } from './ambient-store.js';
import { answeredCommands, watchCommands } from './answered-commands.js';
import { noteAnswer } from '../sql/awaited-answer.js';
import { traceRawWrite } from '../bulk/bypassing-writes.js';
import type { AfterQueryEvent, BeforeQueryEvent } from '../internals.js';
import { isConnectionLoss } from './connection-loss.js';
import { PreparedTransactionError } from './prepared-transaction.error.js';
import { queryStarted, traceQuery } from './query-trace.js';
import { beginTransaction, transactionOf, type RunnerTransaction } from './runner-transaction.js';
import { TransactionAbortedError } from './transaction-aborted.error.js';
import { beginLevel, callThatBegins, depthOf } from './transaction-calls.js';
import {
  isAmbiguous,
  isAnsweredBy,
  readTransactionControl,
  type MaybeTransactionStatement,
  type TransactionStatement,
} from './transaction-statement.js';

type Statements = readonly MaybeTransactionStatement[];

/**
 * Follows the transactions of a data source by the statements that PostgreSQL answered, whoever
 * sent them: TypeORM, or somebody by hand. TypeORM's own events only tell when a transaction is
 * about to begin.
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
    const call = callThatBegins(queryRunner);
    const transaction =
      depthOf(queryRunner) <= 0
        ? this.#begin(queryRunner, call && ambient().scope)
        : transactionOf(queryRunner);
    if (call && transaction) beginLevel(call, transaction);
  }

  beforeQuery({ query, queryRunner }: BeforeQueryEvent): Promise<void> | undefined {
    const statements = readTransactionControl(query);
    if (statements?.some((statement) => statement?.verb === 'prepare')) {
      const waiting = transactionOf(queryRunner)?.pending().length ?? 0;
      if (waiting > 0) return Promise.reject(new PreparedTransactionError(waiting));
    }
    if (statements && isOfSeveral(statements, query)) watchCommands(queryRunner);
    if (queryChannel.hasSubscribers) queryStarted(queryRunner);
    return undefined;
  }

  afterQuery(event: AfterQueryEvent): Promise<void> | undefined {
    const { query, rawResults, success, queryRunner } = event;
    if (queryChannel.hasSubscribers) traceQuery(event);
    if (bypassChannel.hasSubscribers) traceRawWrite(event);
    if (success) noteAnswer(queryRunner, query, rawResults);
    const statements = readTransactionControl(query);
    if (!statements) return undefined;
    const answered = isOfSeveral(statements, query) ? answeredCommands(queryRunner) : [];
    if (!success) return this.#followFailure(statements, answered, event.error, queryRunner);
    const commands = commandsOf(rawResults);
    return this.#followAll(asAnswered(query, statements, commands), commands, queryRunner);
  }

  beforeTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    // The connection is lost: what TypeORM is about to send fails.
    if (!queryRunner.isReleased) return;
    transactionOf(queryRunner)?.settle('rolledBack');
    transactionOf(queryRunner)?.runSoon();
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    transactionOf(queryRunner)?.runSoon();
  }

  /** Takes up a transaction that TypeORM began before the data source was watched. */
  adopt(queryRunner: QueryRunner): RunnerTransaction | undefined {
    return queryRunner.isTransactionActive && !queryRunner.isReleased
      ? this.#beginByHand(queryRunner, true)
      : undefined;
  }

  /** @param scope of the call that begins it. */
  #begin(queryRunner: QueryRunner, scope: TransactionScope | undefined): RunnerTransaction {
    // Whoever began it by a statement shares it: PostgreSQL takes a second START for none.
    const begun = transactionOf(queryRunner);
    const transaction =
      begun && begun.outcome === undefined
        ? begun
        : beginTransaction(queryRunner, {
            watcher: this,
            around: scope?.around ?? ambient(),
            isWaitedFor: scope?.runsCallbacks ?? false,
          });
    if (scope) scope.transaction = transaction;
    return transaction;
  }

  #beginByHand(queryRunner: QueryRunner, isAdopted = false): RunnerTransaction {
    return beginTransaction(queryRunner, {
      watcher: this,
      around: ambient(),
      isWaitedFor: false,
      isAdopted,
    });
  }

  /** What PostgreSQL answered all of, in the words of its answers. */
  #followAll(
    statements: Statements,
    commands: readonly (string | undefined)[],
    queryRunner: QueryRunner,
  ): Promise<void> | undefined {
    if (!areAnsweredBy(statements, commands)) {
      // Read wrongly, so nobody knows what became of the transaction, if any of it was control.
      if (commands.some(isControl)) transactionOf(queryRunner)?.settle('unknown');
      return undefined;
    }
    let isAborted = false;
    for (const [index, statement] of statements.entries()) {
      if (statement && this.#follow(statement, commands[index], queryRunner)) isAborted = true;
    }
    return isAborted ? Promise.reject(TransactionAbortedError.atCommit()) : undefined;
  }

  /** @returns whether it was a COMMIT that PostgreSQL answered with ROLLBACK. */
  #follow(
    statement: TransactionStatement,
    command: string | undefined,
    queryRunner: QueryRunner,
  ): boolean {
    const { verb, savepoint } = statement;
    const transaction = transactionOf(queryRunner);
    if (verb === 'begin') {
      if (!transaction?.isOpen) this.#beginByHand(queryRunner);
      return false;
    }
    if (!transaction?.isOpen) return false;
    if (verb === 'savepoint') transaction.savepointSet(savepoint);
    else if (verb === 'release') transaction.release(savepoint);
    else if (verb === 'rollbackTo') transaction.rollbackTo(savepoint);
    else return this.#followEnd(statement, command, transaction);
    return false;
  }

  #followEnd(
    { verb, chains }: TransactionStatement,
    command: string | undefined,
    transaction: RunnerTransaction,
  ): boolean {
    const isAborted = verb !== 'rollback' && command === 'ROLLBACK';
    const { isWaitedFor } = transaction;
    if (chains) transaction.isWaitedFor = false;
    if (isAborted || verb === 'rollback') transaction.settle('rolledBack');
    else transaction.settle(verb === 'prepare' ? 'unknown' : 'committed');
    if (chains || !isAborted) transaction.runSoon();
    else runAfterRollback(transaction);
    if (chains) chainAmbient(transaction, transaction.followedBy(isWaitedFor));
    return isAborted;
  }

  /**
   * Of several statements those before the one that failed have been executed. A COMMIT or PREPARE
   * that fails has rolled back, unless the connection went away while it was under way.
   */
  #followFailure(
    statements: Statements,
    answered: readonly string[] | undefined,
    error: unknown,
    queryRunner: QueryRunner,
  ): Promise<void> | undefined {
    const done = statements.slice(0, answered?.length);
    if (!answered || !areAnsweredBy(done, answered)) {
      const isEnded = statements.some(ends) || answered?.some(isControl);
      if (isEnded) transactionOf(queryRunner)?.settle('unknown');
      return undefined;
    }
    const aborted = this.#followAll(done, answered, queryRunner);
    const [failed, ...rest] = statements.slice(done.length);
    const transaction = transactionOf(queryRunner);
    if (isConnectionLoss(error)) {
      if ([failed, ...rest].some(mayCommit)) transaction?.settle('unknown');
    } else if (mayCommit(failed)) {
      transaction?.settle('rolledBack');
      if (transaction) runAfterRollback(transaction);
    }
    return aborted;
  }
}

/** After a COMMIT that failed, TypeORM takes the transaction for open until its rollback or the release. */
function runAfterRollback(transaction: RunnerTransaction): void {
  if (!transaction.queryRunner.isTransactionActive) transaction.runSoon();
}

/** Or may be, to be told by what is answered. */
function isOfSeveral({ length }: Statements, query: string): boolean {
  return length > 1 || isAmbiguous(query);
}

/** The other reading of a text that has two, where the answers fit that one alone. */
function asAnswered(
  query: string,
  statements: Statements,
  commands: readonly (string | undefined)[],
): Statements {
  if (!isAmbiguous(query) || areAnsweredBy(statements, commands)) return statements;
  return readTransactionControl(query, true) ?? statements;
}

/** What PostgreSQL says that it has done, by the first word of it, for each statement of a text. */
function commandsOf(rawResults: unknown): readonly (string | undefined)[] {
  const results: readonly unknown[] = Array.isArray(rawResults) ? rawResults : [rawResults];
  return results.map((result) => (result as { readonly command?: string } | undefined)?.command);
}

function areAnsweredBy(statements: Statements, commands: readonly (string | undefined)[]): boolean {
  return (
    statements.length === commands.length &&
    statements.every((statement, index) => isAnsweredBy(statement, commands[index]))
  );
}

const CONTROL = /^(?:BEGIN|START|COMMIT|ROLLBACK|PREPARE|SAVEPOINT|RELEASE)$/;

function isControl(command: string | undefined): boolean {
  return command !== undefined && CONTROL.test(command);
}

function mayCommit(statement: MaybeTransactionStatement): boolean {
  return statement?.verb === 'commit' || statement?.verb === 'prepare';
}

function ends(statement: MaybeTransactionStatement): boolean {
  return mayCommit(statement) || statement?.verb === 'rollback';
}
