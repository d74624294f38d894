import { AsyncLocalStorage } from 'node:async_hooks';
import type { TransactionScope } from './ambient-transaction.js';
import type { RunningCallback } from './running-callback.js';
import type { InstanceOperation } from '../models/instance-operation.js';
import type { Turn } from '../models/runner-queue.js';

/** What surrounds a call, whoever made it. Always entered by a function that encloses it. */
export interface Ambient {
  readonly scope: TransactionScope | undefined;
  readonly operation: InstanceOperation | undefined;
  readonly turn: Turn | undefined;
  readonly callback: RunningCallback | undefined;
}

/** One store for all of it: before Node 24 each store costs every promise of the process. */
const store = new AsyncLocalStorage<Ambient>();

const NOTHING: Ambient = {
  scope: undefined,
  operation: undefined,
  turn: undefined,
  callback: undefined,
};

export function ambient(): Ambient {
  return store.getStore() ?? NOTHING;
}

/** Runs work with something else around it. */
export function surrounded<T>(by: Partial<Ambient>, work: () => T): T {
  return store.run({ ...ambient(), ...by }, work);
}
