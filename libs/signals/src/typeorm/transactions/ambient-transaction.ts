import type { QueryRunner } from 'typeorm';
import { TransactionEndedError } from '../../core/index.js';
import {
  ambient,
  surrounded,
  type Ambient,
  type LevelCall,
  type TransactionScope,
} from './ambient-store.js';
import type { OpenTransaction } from './open-transaction.js';

/**
 * The innermost open transaction of the calling context that fits.
 *
 * @throws TransactionEndedError inside a call whose transaction has ended: somebody did not await.
 */
export function ambientTransaction(
  fits: (transaction: OpenTransaction) => boolean = () => true,
): OpenTransaction | undefined {
  for (let scope = ambient().scope; scope && !scope.isBeside; scope = scope.outer) {
    const { transaction } = scope;
    if (transaction && fits(transaction)) return stillOpen(transaction);
  }
  return undefined;
}

/**
 * The innermost level of this query runner's transaction that the calling context is in, also where it
 * works beside it.
 *
 * @throws TransactionEndedError when that has ended.
 */
export function levelOn({ manager }: QueryRunner): OpenTransaction | undefined {
  for (let { scope } = ambient(); scope; scope = scope.outer) {
    const { transaction } = scope;
    if (transaction?.manager === manager) return stillOpen(transaction);
  }
  return undefined;
}

function stillOpen(transaction: OpenTransaction): OpenTransaction {
  if (transaction.isOpen) return transaction;
  throw new TransactionEndedError('The calling context');
}

/** Runs work as if no transaction were open here. */
export function outsideTransactions<T>(work: () => T): T {
  return surrounded({ scope: { ...scopeOf(undefined, false), isBeside: true } }, work);
}

/** All open transactions of the calling context, the innermost first. */
export function openTransactionsHere(): readonly OpenTransaction[] {
  const open: OpenTransaction[] = [];
  for (let scope = ambient().scope; scope; scope = scope.outer) {
    if (scope.transaction?.isOpen) open.push(scope.transaction);
  }
  return open;
}

/** Runs work where this transaction is the ambient one. */
export function enterTransaction<T>(transaction: OpenTransaction, work: () => T): T {
  return surrounded({ scope: scopeOf(transaction, false) }, work);
}

/** A scope for a call; of the transaction that it is about to begin, where none is given. */
export function scopeOf(
  transaction: OpenTransaction | undefined,
  runsCallbacks: boolean,
  call?: LevelCall,
): TransactionScope {
  const around = ambient();
  return { transaction, outer: around.scope, around, runsCallbacks, call };
}

/** Makes a transaction that began with the end of another one ambient wherever that one was. */
export function chainAmbient(ended: OpenTransaction, next: OpenTransaction): void {
  for (let { scope } = ambient(); scope; scope = scope.outer) {
    if (scope.transaction === ended) scope.transaction = next;
  }
}

/**
 * What is left of what was around a transaction: the nearest scope whose transaction is open, and
 * the save that it belongs to. Ended ones are left out, or transactions that begin in the callbacks
 * of others would chain for ever.
 */
export function stillAround(around: Ambient): Ambient {
  let { scope } = around;
  while (scope && !scope.isBeside && !scope.transaction?.isOpen) scope = scope.outer;
  return scope === around.scope
    ? around
    : { ...around, scope, operation: undefined, turn: undefined };
}
