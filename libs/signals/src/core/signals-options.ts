import type { ErrorSink } from './error-sink.js';
import type { ReceiverCondition, ReceiverInfo } from './receiver.js';
import type { AnySignal, Sender } from './signal.js';
import type { OutsideTransactionPolicy } from './transaction.js';

export interface SignalsOptions {
  /** Demands a `dispatchUid` of every receiver. Default: false. */
  readonly strict?: boolean;
  /**
   * What becomes of after-commit work when no transaction is open. Default: `run`, at once and
   * before the send returns, as in Django.
   */
  readonly outsideTransaction?: OutsideTransactionPolicy;
  /**
   * The depth at which sends that cause each other are refused with {@link SignalCycleError}.
   * Default: 1,000.
   */
  readonly depthLimit?: number;
  /** Told of failures that have no caller to reach. Default: standard error. */
  readonly onError?: ErrorSink;
}

/** What a receiver waits for. */
export interface Connection {
  readonly signal: AnySignal;
  /** undefined: whoever sends it. */
  readonly sender: Sender | undefined;
  readonly receiver: ReceiverInfo;
  /** Its condition, when it has one. */
  readonly when: ReceiverCondition<unknown> | undefined;
}

export interface SendOptions<E = unknown> {
  /**
   * The class or name that sends. Left out or null, the send reaches only receivers of every sender.
   */
  readonly sender?: Sender<E> | null;
  /** Names the transaction of the send; without it, that of the calling context is found. */
  readonly manager?: unknown;
}
