import type {
  EntitySubscriberInterface,
  QueryRunner,
  TransactionCommitEvent,
  TransactionRollbackEvent,
  TransactionStartEvent,
} from 'typeorm';
import { TransactionEndedError } from '../../core/index.js';
import { ambient } from './ambient-store.js';
import { dataSourceOf, type BeforeQueryEvent } from '../internals.js';
import { transactionOf, type RunnerTransaction } from './runner-transaction.js';
import { Savepoint } from './transaction-level.js';
import {
  beforeCommit,
  beforeRollback,
  depthOf,
  levelBegun,
  levelEnded,
} from './transaction-calls.js';
import { readTransactionControl } from './transaction-statement.js';
import { refusalBeside, writeOf } from './writes-beside.js';

/** Transactions that TypeORM is rolling back, or has. */
const rolledBack = new WeakSet<object>();

/**
 * Keeps parallel work on one connection apart, so that each statement shares the fate of the level
 * that it was sent in. What was sent outside an inner level waits while that is open, and would be undone
 * with it. What is sent in a level that is being rolled back is refused: it would be written after
 * the rollback, and stay.
 */
export const statementGate: EntitySubscriberInterface = {
  afterTransactionStart({ queryRunner }: TransactionStartEvent): void {
    levelBegun(queryRunner);
  },

  beforeTransactionCommit({ queryRunner }: TransactionCommitEvent): Promise<void> | undefined {
    const transaction = transactionOf(queryRunner);
    return transaction && asked(() => beforeCommit(transaction));
  },

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    levelEnded(queryRunner);
  },

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    levelEnded(queryRunner);
  },

  beforeTransactionRollback({ queryRunner }: TransactionRollbackEvent): Promise<void> | undefined {
    const transaction = transactionOf(queryRunner);
    return (
      transaction &&
      asked(() => {
        beforeRollback(transaction);
        if (depthOf(queryRunner) <= 1) rolledBack.add(transaction);
        return undefined;
      })
    );
  },

  beforeQuery({ query, queryRunner }: BeforeQueryEvent): Promise<void> | undefined {
    const transaction = transactionOf(queryRunner);
    if (!transaction?.isOpen) {
      const refusal = refusalBeside(dataSourceOf(queryRunner), queryRunner, () => writeOf(query));
      if (refusal) return Promise.reject(refusal);
    }
    return transaction && asked(() => pass(query, transaction));
  },
};

function pass(query: string, transaction: RunnerTransaction): Promise<void> | undefined {
  const isUndone = isInUndoneLevel(transaction.queryRunner);
  if (isUndone && !isControl(query)) throw new TransactionEndedError('A statement');
  if (!transaction.isOpen || isUndone || isRollback(query, transaction)) return undefined;
  const admitted = transaction.admit();
  return admitted && passAfter(admitted, transaction);
}

/** Meanwhile the transaction may have ended, and its connection serve somebody else. */
async function passAfter(admitted: Promise<void>, transaction: RunnerTransaction): Promise<void> {
  await admitted;
  if (!transaction.isOpen || isInUndoneLevel(transaction.queryRunner)) {
    throw new TransactionEndedError('A statement that waited for others');
  }
}

/** @throws TransactionEndedError when the level that the caller is in is being rolled back, or has been. */
export function refuseUndone(queryRunner: QueryRunner): void {
  if (isInUndoneLevel(queryRunner)) throw new TransactionEndedError('A savepoint');
}

function isInUndoneLevel({ manager }: QueryRunner): boolean {
  for (let { scope } = ambient(); scope; scope = scope.outer) {
    const { transaction: level, call } = scope;
    if (call?.isUndone && call.queryRunner?.manager === manager) return true;
    if (level?.manager !== manager) continue;
    if (level instanceof Savepoint ? level.isUndone : rolledBack.has(level)) return true;
  }
  return false;
}

/** All of it begins, divides or ends transactions, and writes nothing. */
function isControl(query: string): boolean {
  return readTransactionControl(query)?.every(Boolean) ?? false;
}

/** TypeORM's end of the whole transaction, with all that is open in it. */
function isRollback(query: string, transaction: RunnerTransaction): boolean {
  return query === 'ROLLBACK' && rolledBack.has(transaction);
}

/** No hook may throw; and TypeORM 0.3 looks at what a hook answers when the statement has been sent. */
function asked(question: () => Promise<void> | undefined): Promise<void> | undefined {
  let answer: Promise<void> | undefined;
  try {
    answer = question();
  } catch (error) {
    answer = Promise.reject(error);
  }
  answer?.catch(() => {});
  return answer;
}
