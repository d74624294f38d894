import type { ReceiverInfo } from '../receiver.js';
import type { AnySignal, Sender } from '../signal.js';
import type { TransactionPlace } from '../transaction.js';

/** The `Signals` of an application, as its identity alone: to be compared, and not to be called. */
export type Application = object;

/** What happened inside which, up to the entry: the send of a receiver, the receiver of a send. */
export type Cause = EntryTrace | SendTrace | ReceiverTrace | CallbackTrace;

/** What every trace says. */
export interface Trace {
  /**
   * Whose it is, as channels belong to the process and not to an application. Undefined where it is
   * not known: of a data source, and of callbacks in its transactions, that no application has.
   */
  readonly application: Application | undefined;
}

/** Something that came in from outside: a request, a job. All that it leads to has it as a cause. */
export interface EntryTrace extends Trace {
  readonly kind: 'entry';
  /** `http`, `job`, or what another integration calls its own. */
  readonly entry: string;
  /** Unique, and safe to show. */
  readonly id: string;
  /** What is known of it, of values that may be shown; grows until its end. */
  readonly facts: Record<string, unknown>;
  /** The objects behind it; of `http` Node's own `request` and `response`. Not for storing. */
  readonly origin: unknown;
}

/** Why a connected receiver of the signal does not run for a send. */
export type SkipReason = 'sender' | 'condition' | 'muted';

export interface SkippedReceiver {
  readonly receiver: ReceiverInfo;
  readonly reason: SkipReason;
}

/** One send, from its start to its end, also of a signal that nobody hears. */
export interface SendTrace extends Trace {
  readonly kind: 'send';
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  readonly payload: unknown;
  /** The receivers that the send reaches, in their order. */
  readonly receivers: readonly ReceiverInfo[];
  /** Connected ones that it does not reach. Complete at the end: conditions are asked on the way. */
  readonly skipped: readonly SkippedReceiver[];
  readonly robust: boolean;
  readonly place: TransactionPlace | undefined;
  /** `file:line` of the sender, only when somebody asked for sites. */
  readonly site: string | undefined;
  readonly cause: Cause | undefined;
}

/** One run of one receiver, in whatever phase. */
export interface ReceiverTrace extends Trace {
  readonly kind: 'receiver';
  readonly receiver: ReceiverInfo;
  /** A failure is reported and harms nobody; otherwise it stops the send and reaches the sender. */
  readonly isolated: boolean;
  /** The send that the receiver runs for; a deferred one runs after it has ended. */
  readonly send: SendTrace | undefined;
  readonly place: TransactionPlace | undefined;
  readonly cause: Cause | undefined;
}

/** Why a callback never ran. */
export type DropReason =
  /** Its savepoint or transaction was rolled back. */
  | 'rolledBack'
  /** It waited for a rollback, and the transaction committed. */
  | 'committed'
  /** A later callback with the same key took its place. */
  | 'replaced'
  /** The connection was lost during COMMIT. */
  | 'unknown';

/** A callback that waits for the end of a transaction, told each time its state changes. */
export interface CallbackTrace extends Trace {
  readonly kind: 'callback';
  readonly on: 'commit' | 'rollback';
  readonly state: 'queued' | 'running' | 'ran' | 'failed' | 'dropped';
  /** What it is, for people. */
  readonly label: string;
  /** The receiver that the callback runs, or that registered it; undefined for a free callback. */
  readonly receiver: ReceiverInfo | undefined;
  /** The callback is the receiver itself, deferred by its phase. */
  readonly isReceiver: boolean;
  /** The send of the deferred receiver. */
  readonly send: SendTrace | undefined;
  /** Where it was registered; undefined when no transaction was open, and it ran at once. */
  readonly place: TransactionPlace | undefined;
  /** Only for `dropped`. */
  readonly reason: DropReason | undefined;
  /** Only for `failed`. */
  readonly error: unknown;
  readonly site: string | undefined;
  /** Who registered it. */
  readonly cause: Cause | undefined;
}

/** Something that became of a transaction, told once the database has answered. */
export interface TransactionTrace extends Trace {
  readonly event:
    'begin' | 'savepoint' | 'release' | 'rollbackTo' | 'committed' | 'rolledBack' | 'unknown';
  /** The same number for all that is told of one transaction of this process. */
  readonly transaction: number;
  readonly savepoint: string | undefined;
  readonly cause: Cause | undefined;
}

/** A statement that the database has answered. */
export interface QueryTrace extends Trace {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** In milliseconds. */
  readonly duration: number;
  readonly rows: number | undefined;
  /** Undefined when it succeeded. */
  readonly error: unknown;
  readonly place: TransactionPlace | undefined;
  readonly cause: Cause | undefined;
}

/** A write to an entity with receivers that no receiver of single instances was told of. */
export interface BypassTrace extends Trace {
  /** `bulk`: by a query builder or its shorthands; `raw`: by SQL text. */
  readonly by: 'bulk' | 'raw';
  readonly sender: Sender;
  readonly operation: string;
  /** Who would have heard of the same write by `save()` or `remove()`. */
  readonly missed: readonly ReceiverInfo[];
  readonly place: TransactionPlace | undefined;
  readonly site: string | undefined;
  readonly cause: Cause | undefined;
}

/**
 * A delivery to a durable receiver that is about to be written. Whoever has something to say to the
 * process that will receive it, such as a trace context, puts it into the carrier; the entry of kind
 * `job` there has it among its facts.
 */
export interface DeliveryTrace extends Trace {
  readonly receiver: ReceiverInfo;
  readonly deliveryId: string;
  readonly eventId: string;
  /** Milliseconds after the commit. */
  readonly delay: number;
  readonly carrier: Record<string, string>;
  readonly place: TransactionPlace;
  readonly cause: Cause | undefined;
}
