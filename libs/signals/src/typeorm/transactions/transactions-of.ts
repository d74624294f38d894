import type { DataSource } from 'typeorm';
import { Transactions } from '../../core/index.js';
import type { TransactionRunner } from '../../integration/index.js';
import { atomic, currentManager } from './atomic.js';

/** The transactions of one data source, for code without Nest and for unit tests. */
export function transactionsOf(dataSource: DataSource): Transactions {
  return new Transactions(new Map([['default', runnerOf(dataSource)]]));
}

export function runnerOf(dataSource: DataSource): TransactionRunner {
  return {
    get manager() {
      return currentManager(dataSource);
    },
    run: (work, options) => atomic(dataSource, work as (manager: object) => never, options),
  };
}
