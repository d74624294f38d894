import type { DataSource } from 'typeorm';
import { SeveralCopiesError } from '../../core/index.js';
import { otherCopies, ownCopy } from '../../integration/index.js';
import { openTransactionsHere } from './ambient-transaction.js';

ownCopy.hasTransaction = (dataSource) =>
  openTransactionsHere().some((open) => !dataSource || open.dataSource === dataSource);

/**
 * Two copies that both follow a data source know its transactions both. What is to wait for one
 * that only another copy follows would not wait.
 *
 * @throws SeveralCopiesError
 */
export function refuseTransactionOfOther(dataSource?: DataSource): void {
  for (const copy of otherCopies()) {
    if (copy.hasTransaction?.(dataSource))
      throw new SeveralCopiesError('The open transaction', copy);
  }
}
