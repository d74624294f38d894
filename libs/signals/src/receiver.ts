import type { ReceiverContext } from './receiver-context.js';
import type { Sender } from './signal.js';

/**
 * When a receiver runs.
 *
 * - `inTransaction`: at once, awaited, in the sender's transaction. Its failure stops the send,
 *   reaches the sender and so rolls the transaction back, unless it is `robust`.
 * - `afterCommit`: after the outermost transaction has really committed and its connection went
 *   back to the pool; dropped with the savepoint or transaction in which the signal was sent.
 *   Its failure is reported and harms nobody. Lost when the process dies in between.
 * - `afterRollback`: when the savepoint or transaction in which the signal was sent is rolled
 *   back; runs once the outermost transaction has ended. Its failure is reported.
 */
export type Phase = 'inTransaction' | 'afterCommit' | 'afterRollback';

/** What a receiver is given: the payload, and what it may use. Its return value is awaited. */
export type ReceiverFunction<P> = (payload: P, context: ReceiverContext) => unknown;

/** Decides, at the moment of the send, whether a receiver runs at all. */
export type ReceiverCondition<P> = (payload: P) => boolean;

export interface ReceiverOptions<P = never, E = unknown> {
  /** Only signals of this sender; without it, of every sender. */
  readonly sender?: Sender<E>;
  /** Also senders that inherit from `sender`. Default: false, as in Django. */
  readonly includeSubclasses?: boolean;
  /**
   * The receiver's stable id, `module.verb` by convention. The same id connects once for each
   * signal and sender (Django: `dispatch_uid`); a different function under a taken id is an error.
   */
  readonly dispatchUid?: string;
  /** Default: `inTransaction`. */
  readonly phase?: Phase;
  /** Skips the receiver when it answers false. `created`, `updated` and `changed` are provided. */
  readonly when?: ReceiverCondition<P>;
  /**
   * For `inTransaction` only: a failure is reported instead of thrown, and the receiver runs in a
   * savepoint of its own, so that a failed statement of it does not poison the transaction.
   */
  readonly robust?: boolean;
  /** Lower runs earlier; equal ones run in the order in which they were connected. Default: 0. */
  readonly order?: number;
  /** Who declares the receiver, for listings. */
  readonly owner?: string;
  /** `file:line` of the declaration, for listings. */
  readonly location?: string;
}

/** What is known of a connected receiver. Listing never instantiates anything. */
export interface ReceiverInfo {
  readonly signal: string;
  readonly sender: string;
  readonly dispatchUid: string;
  readonly phase: Phase;
  readonly robust: boolean;
  readonly order: number;
  readonly includeSubclasses: boolean;
  readonly owner: string | undefined;
  readonly location: string | undefined;
}

/** What one receiver made of one send. A returned `Error` is a value, not a failure. */
export type ReceiverResult =
  | { readonly receiver: ReceiverInfo; readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly receiver: ReceiverInfo; readonly status: 'rejected'; readonly reason: unknown };
