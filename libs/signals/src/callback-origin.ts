import type { ErrorSink } from './callbacks.js';
import type { TransactionCallback } from './transaction.js';

/** Where a callback comes from that reports its own failure. */
export interface CallbackOrigin {
  /** Who registered it, for people. */
  readonly what: string;
  /** The work itself, which throws when it fails. */
  readonly work: TransactionCallback;
  readonly sink: ErrorSink;
}

const origins = new WeakMap<TransactionCallback, CallbackOrigin>();

export function rememberOrigin(callback: TransactionCallback, origin: CallbackOrigin): void {
  origins.set(callback, origin);
}

/** Undefined for a callback that somebody registered directly. */
export function originOf(callback: TransactionCallback): CallbackOrigin | undefined {
  return origins.get(callback);
}
