import type { DataSource, EntityManager } from 'typeorm';
import type { WorkUnderWay } from '../../integration/index.js';
import { openTransactionsHere } from './ambient-transaction.js';

/** A transaction that has not ended, or whose callbacks have not all run. */
export interface UnfinishedTransaction extends WorkUnderWay {
  readonly dataSource: DataSource;
  readonly manager: EntityManager;
  /** Its connection was released without ending it: no callback will ever run. */
  readonly isAbandoned: boolean;
}

const unfinished = new Set<UnfinishedTransaction>();
let sweepAt = 64;

export function addUnfinished(transaction: UnfinishedTransaction): void {
  if (unfinished.size >= sweepAt) sweep();
  unfinished.add(transaction);
}

export function removeUnfinished(transaction: UnfinishedTransaction): void {
  unfinished.delete(transaction);
}

/** Leaves out what the caller itself is in: that cannot end before the caller goes on. */
export function unfinishedTransactions(
  dataSources: readonly DataSource[],
): readonly UnfinishedTransaction[] {
  sweep();
  const here = new Set(openTransactionsHere().map(({ manager }) => manager));
  return [...unfinished].filter(
    ({ dataSource, manager }) => dataSources.includes(dataSource) && !here.has(manager),
  );
}

/** All of a data source, whoever asks. */
export function everyUnfinishedTransaction(
  dataSource: DataSource,
): readonly UnfinishedTransaction[] {
  return [...unfinished].filter((transaction) => transaction.dataSource === dataSource);
}

/** Rare enough to cost nothing: nobody tells of a connection that was released in a transaction. */
function sweep(): void {
  for (const transaction of unfinished) {
    if (transaction.isAbandoned) unfinished.delete(transaction);
  }
  sweepAt = 2 * unfinished.size + 64;
}
