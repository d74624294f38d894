import type { DurableInfo, DurableOptions } from './durable-options.js';
import type { AnySignal, Sender } from './signal.js';
import type { CallbackOptions, TransactionCallback } from './transaction.js';

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
 * - `durable`: in a worker, from a delivery that is written in the sender's transaction and shares
 *   its fate. Retried, then kept as a dead letter; survives a crash. Needs an integration
 *   (`nestjs-signals/durable`), and a transaction around the send.
 */
export type Phase = 'inTransaction' | 'afterCommit' | 'afterRollback' | 'durable';

/** Filled in by the integration that owns transactions: what `context.manager` is. */
export interface ManagerRegistry {
  readonly none?: never;
}

/** The type of `context.manager`: TypeORM's `EntityManager` once `nestjs-signals/typeorm` is imported. */
export type Manager = ManagerRegistry extends { readonly manager: infer M } ? M : unknown;

/** What a receiver may use beside the payload. Valid while the receiver runs. */
export interface ReceiverContext {
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  readonly dispatchUid: string;
  readonly phase: Phase;
  /**
   * The database handle to work with. In phase `inTransaction` it belongs to the sender's
   * transaction, in phase `durable` with a database effect to the one that completes the delivery;
   * in the other phases, and without a transaction, it is the default one.
   *
   * @throws NoManagerError when no integration provides one.
   */
  readonly manager: Manager;
  /** As the free function `onCommit`, but bound to the transaction of this send. */
  readonly onCommit: (callback: TransactionCallback, options?: CallbackOptions) => void;
  /** As the free function `onRollback`, but bound to the transaction of this send. */
  readonly onRollback: (callback: TransactionCallback) => void;
}

/** What a durable receiver may use. */
export interface DurableReceiverContext extends ReceiverContext {
  /** Of this receiver for this event. */
  readonly deliveryId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Fires when the attempt takes too long or the worker stops. */
  readonly abortSignal: AbortSignal;
  /** Of the send: the same for all its receivers, all attempts, and all replays of a dead letter. */
  readonly eventId: string;
  /**
   * The `deliveryId` of the durable receiver that sent this event; undefined when something else did,
   * such as a request.
   */
  readonly causedBy: string | undefined;
  /**
   * To be passed on to whoever can tell a repetition by it: as an `Idempotency-Key`, a Message-ID.
   * The same for all attempts and replays of a delivery, and for no other delivery.
   */
  readonly idempotencyKey: string;
  /** When it was sent, by the clock of the sender. */
  readonly occurredAt: Date;
  /** What was written beside the payload at the send, to be found again here: a trace, for one. */
  readonly carrier: Readonly<Record<string, string>>;
}

/** What a receiver is given: the payload, and what it may use. Its return value is awaited. */
export type ReceiverFunction<P> = (payload: P, context: ReceiverContext) => unknown;

/** A durable receiver. It has no results: what it returns is awaited and kept with the delivery. */
export type DurableReceiverFunction<P> = (payload: P, context: DurableReceiverContext) => unknown;

/** Decides, at the moment of the send, whether a receiver runs at all. */
export type ReceiverCondition<P> = (payload: P) => boolean;

export interface ReceiverOptions<P = never, E = unknown> extends DurableOptions<P> {
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
  /**
   * For durable receivers of model signals: the columns whose values the delivery carries, as they
   * are at the send. Default: none.
   */
  readonly columns?: readonly (keyof E & string)[];
  /** Lower runs earlier; equal ones run in the order in which they were connected. Default: 0. */
  readonly order?: number;
  /** Who declares the receiver, for listings. */
  readonly owner?: string;
  /** `file:line` of the declaration, for listings. */
  readonly location?: string;
}

/** Options of any receiver, for those who need not know of which signal. */
export type AnyReceiverOptions = Omit<ReceiverOptions, 'columns'> & {
  readonly columns?: readonly string[];
};

/** The phases in which a receiver is given the payload itself, in the process of the sender. */
export type ImmediatePhase = Exclude<Phase, 'durable'>;

/** Options of a receiver in any phase but `durable`. */
export type ImmediateReceiverOptions<P = never, E = unknown> = ReceiverOptions<P, E> & {
  readonly phase?: ImmediatePhase;
};

/** Options of a receiver in phase `durable`; conditions, keys and the like see the payload as it is sent. */
export type DurableReceiverOptions<P = never, E = unknown> = ReceiverOptions<P, E> & {
  readonly phase: 'durable';
  readonly dispatchUid: string;
};

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
  /** Undefined in the other phases. */
  readonly durable: DurableInfo | undefined;
}

/** What one receiver made of one send. A returned `Error` is a value, not a failure. */
export type ReceiverResult =
  | { readonly receiver: ReceiverInfo; readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly receiver: ReceiverInfo; readonly status: 'rejected'; readonly reason: unknown };
