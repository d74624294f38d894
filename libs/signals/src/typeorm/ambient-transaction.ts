import { TransactionEndedError } from '../index.js';
import { ambient, surround, surrounded } from './ambient.js';
import type { OpenTransaction } from './open-transaction.js';

/** A stretch of calls in which one transaction is the ambient one. */
export interface TransactionScope {
  /** Undefined until the call that opened the scope has begun its transaction. */
  transaction: OpenTransaction | undefined;
  readonly outer: TransactionScope | undefined;
  /**
   * Whether the scope encloses a call. A scope that does not was entered in passing, by a query
   * runner that somebody drives by hand: callers stay in it after its transaction has ended.
   */
  readonly encloses: boolean;
}

/**
 * The innermost open transaction of the calling context that fits.
 *
 * @throws TransactionEndedError inside a call whose transaction has ended: somebody did not await.
 */
export function ambientTransaction(
  fits: (transaction: OpenTransaction) => boolean = () => true,
): OpenTransaction | undefined {
  for (let scope = ambient().scope; scope; scope = scope.outer) {
    const { transaction } = scope;
    if (!transaction || !fits(transaction)) continue;
    if (transaction.isOpen) return transaction;
    if (scope.encloses) throw new TransactionEndedError('The calling context');
  }
  return undefined;
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
export function withinTransaction<T>(transaction: OpenTransaction, work: () => T): T {
  return surrounded({ scope: { transaction, outer: ambient().scope, encloses: true } }, work);
}

/**
 * What surrounds whatever begins now: the innermost scope here whose transaction is open. Ended ones
 * are left out, or transactions that follow each other on one query runner would chain for ever.
 */
export function surroundingScope(): TransactionScope | undefined {
  return openOrAround(ambient().scope);
}

/** Runs work in this scope, or the nearest one around it whose transaction is still open. */
export function runAround<T>(scope: TransactionScope | undefined, work: () => T): T {
  return surrounded({ scope: openOrAround(scope) }, work);
}

function openOrAround(from: TransactionScope | undefined): TransactionScope | undefined {
  let scope = from;
  while (scope && !scope.transaction?.isOpen) scope = scope.outer;
  return scope;
}

/** Opens a scope for a call that is about to begin a transaction of its own. */
export function scopeOfCall(): TransactionScope {
  return { transaction: undefined, outer: ambient().scope, encloses: true };
}

/**
 * Makes a beginning transaction the ambient one: of the call that waits for it, which then owns
 * it, or else of whoever began it.
 *
 * @returns whether a call owns it.
 */
export function beginAmbient(transaction: OpenTransaction): boolean {
  const scope = ambient().scope;
  if (scope?.encloses && scope.transaction === undefined) {
    scope.transaction = transaction;
    return true;
  }
  surround({ scope: { transaction, outer: nearestOpen(scope), encloses: false } });
  return false;
}

/** Makes a transaction that began with the end of another one ambient wherever that one was. */
export function succeedAmbient(ended: OpenTransaction, next: OpenTransaction): void {
  for (let { scope } = ambient(); scope; scope = scope.outer) {
    if (scope.transaction === ended) scope.transaction = next;
  }
}

/** Ended scopes are left out, or a loop over one query runner would chain them for ever. */
function nearestOpen(from: TransactionScope | undefined): TransactionScope | undefined {
  let scope = from;
  while (scope && !scope.encloses && !scope.transaction?.isOpen) scope = scope.outer;
  return scope;
}
