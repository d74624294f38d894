import { Failure, type Transaction } from './postgres-model.js';
import type { Source } from './step.js';

/** Finds the transaction of a send; throws when it has ended. */
export type Finding = () => Transaction | undefined;

/** Where a step runs: in which transactions, from the outside in, and in which receiver. */
export interface Place {
  /** `encloses`: a call does, so that whoever is inside after its end has not been awaited. */
  readonly scopes: readonly { readonly transaction: Transaction; readonly encloses: boolean }[];
  readonly receiver?: Finding;
}

export const NOWHERE: Place = { scopes: [] };

export const endedError = () => new Failure('TransactionEndedError');

export function inside(place: Place, transaction: Transaction | undefined, encloses = true): Place {
  if (!transaction) return place;
  return { ...place, scopes: [...place.scopes, { transaction, encloses }] };
}

const scopesAround = new WeakMap<Transaction, Place['scopes']>();

/** Where a transaction begins, which is then inside; undefined: a savepoint. */
export function enter(place: Place, begun: Transaction | undefined, encloses: boolean): Place {
  if (begun && !scopesAround.has(begun)) scopesAround.set(begun, place.scopes);
  return inside(place, begun, encloses);
}

/** Where the callbacks of an ended transaction run: in what is still open around it. */
export function around(ended: Transaction): Place {
  const scopes = scopesAround.get(ended) ?? [];
  const last = scopes.findLastIndex(({ transaction }) => transaction.isOpen);
  return { scopes: scopes.slice(0, last + 1) };
}

/** The innermost open transaction, of any data source or of one. */
export function ambient({ scopes }: Place, on?: Source): Transaction | undefined {
  for (const { transaction, encloses } of scopes.toReversed()) {
    if (on && transaction.on !== on) continue;
    if (transaction.isOpen) return transaction;
    if (encloses) throw endedError();
  }
  return undefined;
}

export function once(find: Finding): Finding {
  let found: { readonly transaction: Transaction | undefined } | undefined;
  return () => (found ??= { transaction: find() }).transaction;
}
