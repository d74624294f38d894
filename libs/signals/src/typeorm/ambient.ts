import { AsyncLocalStorage } from 'node:async_hooks';
import type { TransactionScope } from './ambient-transaction.js';
import type { InstanceOperation } from './instance-operation.js';
import type { Turn } from './serial-lane.js';

/** What surrounds a call, whoever made it. */
export interface Ambient {
  readonly scope: TransactionScope | undefined;
  readonly operation: InstanceOperation | undefined;
  readonly turn: Turn | undefined;
}

/** One store for all of it: before Node 24 each store costs every promise of the process. */
const store = new AsyncLocalStorage<Ambient>();

const NOTHING: Ambient = { scope: undefined, operation: undefined, turn: undefined };

export function ambient(): Ambient {
  return store.getStore() ?? NOTHING;
}

/** Runs work with something else around it. */
export function surrounded<T>(by: Partial<Ambient>, work: () => T): T {
  return store.run({ ...ambient(), ...by }, work);
}

/** Puts something else around what follows in the calling context, where no function encloses that. */
export function surround(by: Partial<Ambient>): void {
  store.enterWith({ ...ambient(), ...by });
}
