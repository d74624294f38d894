import { Failure, type Transaction } from './postgres-model.js';
import type { Source } from './step.js';

/** Finds the transaction of a send; throws when it has ended. */
export type Finding = () => Transaction | undefined;

/** Where a step runs: in which transactions, from the outside in, and in which receiver. */
export interface Place {
  /** Each of a call that encloses the step, so that whoever is inside after its end was not awaited. */
  readonly scopes: readonly Transaction[];
  readonly receiver?: Finding;
}

export const NOWHERE: Place = { scopes: [] };

export const endedError = () => new Failure('TransactionEndedError');

export function inside(place: Place, transaction: Transaction | undefined): Place {
  return transaction?.isKnown ? { ...place, scopes: [...place.scopes, transaction] } : place;
}

const scopesAround = new WeakMap<Transaction, Place['scopes']>();

/** Notes where a transaction begins. */
export function begin(place: Place, begun: Transaction | undefined): void {
  if (begun?.isKnown && !scopesAround.has(begun)) scopesAround.set(begun, place.scopes);
}

/** Where the callbacks of an ended transaction run: in what is still open around it. */
export function around(ended: Transaction): Place {
  const scopes = scopesAround.get(ended) ?? [];
  const last = scopes.findLastIndex(({ isOpen }) => isOpen);
  return { scopes: scopes.slice(0, last + 1) };
}

/** The innermost open transaction, of any data source or of one. */
export function ambient({ scopes }: Place, on?: Source): Transaction | undefined {
  const innermost = scopes.findLast((transaction) => !on || transaction.on === on);
  if (innermost && !innermost.isOpen) throw endedError();
  return innermost;
}

export function once(find: Finding): Finding {
  let found: { readonly transaction: Transaction | undefined } | undefined;
  return () => (found ??= { transaction: find() }).transaction;
}
