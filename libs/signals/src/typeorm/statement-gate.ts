import type { EntitySubscriberInterface, QueryRunner, TransactionRollbackEvent } from 'typeorm';
import { TransactionEndedError } from '../index.js';
import { ambient } from './ambient.js';
import type { BeforeQueryEvent } from './compatibility.js';
import { transactionOf } from './runner-transaction.js';
import { Savepoint } from './savepoint.js';
import { readTransactionStatement } from './transaction-statement.js';

/** Transactions that TypeORM is rolling back, or has. */
const rolledBack = new WeakSet<object>();

/**
 * Keeps statements of parallel work on one connection apart, so that each shares the fate of the
 * level that it was sent in. What was sent outside an inner level waits while that is open, and would
 * be undone with it. What is sent in a level that is being rolled back is refused: it would be
 * written after the rollback, and stay.
 */
export const statementGate: EntitySubscriberInterface = {
  beforeTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    const transaction = transactionOf(queryRunner);
    if (transaction && isOutermost(queryRunner)) rolledBack.add(transaction);
  },

  beforeQuery({ query, queryRunner }: BeforeQueryEvent): Promise<void> | undefined {
    const transaction = transactionOf(queryRunner);
    if (!transaction) return undefined;
    if (isInUndoneLevel(queryRunner) && !readTransactionStatement(query)) {
      return Promise.reject(new TransactionEndedError('A statement'));
    }
    return transaction.isOpen ? transaction.admit() : undefined;
  },
};

function isInUndoneLevel({ manager }: QueryRunner): boolean {
  for (let { scope } = ambient(); scope; scope = scope.outer) {
    const { transaction: level } = scope;
    if (level?.manager !== manager) continue;
    if (level instanceof Savepoint ? level.isUndone : rolledBack.has(level)) return true;
  }
  return false;
}

function isOutermost(queryRunner: QueryRunner): boolean {
  return (queryRunner as QueryRunner & { readonly transactionDepth: number }).transactionDepth <= 1;
}
