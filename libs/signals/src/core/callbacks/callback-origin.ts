import type { ErrorSink } from '../error-sink.js';
import type { ReceiverInfo } from '../receiver.js';
import type { Application, SendTrace } from '../diagnostics/traces.js';
import type { TransactionCallback } from '../transaction.js';

/** Where a callback comes from that reports its own failure. */
export interface CallbackOrigin {
  /** Who registered it, for people. */
  readonly what: string;
  /** The work itself, which throws when it fails. */
  readonly work: TransactionCallback;
  readonly sink: ErrorSink;
  readonly by: CallbackOwner;
}

/** The receiver that registered a callback, or that the callback runs. */
export interface CallbackOwner {
  readonly application: Application;
  readonly receiver: ReceiverInfo;
  /** The callback is the receiver itself, deferred by its phase. */
  readonly isReceiver: boolean;
  /** The traced send of the deferred receiver. */
  readonly send: SendTrace | undefined;
}

const origins = new WeakMap<TransactionCallback, CallbackOrigin>();

export function rememberOrigin(callback: TransactionCallback, origin: CallbackOrigin): void {
  origins.set(callback, origin);
}

/** Undefined for a callback that somebody registered directly. */
export function originOf(callback: TransactionCallback): CallbackOrigin | undefined {
  return origins.get(callback);
}
