import type { EntityManager, QueryRunner } from 'typeorm';
import { TransactionEndedError } from '../../core/index.js';
import { ambientTransaction, levelOn } from './ambient-transaction.js';
import { ambient } from './ambient-store.js';
import { watchTransactions } from './watch.js';
import { dataSourceOf } from '../internals.js';
import type { OpenTransaction } from './open-transaction.js';
import { transactionOf } from './runner-transaction.js';

/**
 * The transaction that is named, or else the ambient one.
 *
 * @throws TransactionEndedError when it has ended, or the level of it that the caller is in.
 */
export function findTransaction(
  named: EntityManager | QueryRunner | undefined,
): OpenTransaction | undefined {
  if (!named) return ambientTransaction();
  const queryRunner = 'connect' in named ? named : named.queryRunner;
  if (!queryRunner) return undefined;
  const watcher = watchTransactions(dataSourceOf(queryRunner));
  const transaction = transactionOf(queryRunner) ?? watcher.adopt(queryRunner);
  // The level that the caller is in, where it belongs to the same connection.
  if (transaction?.isOpen) return levelOn(queryRunner) ?? transaction;
  if (!transaction && !queryRunner.isReleased) return undefined;
  // None, where the save is in no call whose transaction has ended.
  if (isSavedByItself(queryRunner)) return levelOn(queryRunner);
  throw new TransactionEndedError('The named manager');
}

/** A save that was told to open no transaction, on a runner that has had one before. */
function isSavedByItself(queryRunner: QueryRunner): boolean {
  const { isReleased, isTransactionActive } = queryRunner;
  return !isReleased && !isTransactionActive && ambient().turn?.queryRunner === queryRunner;
}
