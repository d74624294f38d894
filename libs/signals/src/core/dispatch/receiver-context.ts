import type { Phase, ReceiverInfo } from '../receiver.js';
import type { AnySignal, Sender } from '../signal.js';
import type { EffectOptions, Transaction, TransactionCallback } from '../transaction.js';

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
  readonly onCommit: (callback: TransactionCallback, options?: EffectOptions) => void;
  /** As the free function `onRollback`, but bound to the transaction of this send. */
  readonly onRollback: (callback: TransactionCallback) => void;
  /** Fires, in phase `durable`, when the attempt takes too long or the worker stops; else never. */
  readonly abortSignal: AbortSignal;
  /** 1, but in phase `durable`: 1 for the first attempt. */
  readonly attempt: number;
  /** In phase `durable`: of this receiver for this event. */
  readonly deliveryId: string | undefined;
}

/** What a durable receiver may use. */
export interface DurableReceiverContext extends ReceiverContext {
  readonly deliveryId: string;
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

/** Thrown by `context.manager` when no integration provides a database handle. */
export class NoManagerError extends Error {
  override readonly name = 'NoManagerError';
}

/** What a context asks of the send that it belongs to. */
export interface SendScope {
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  readonly transaction: Transaction | undefined;
  readonly defaultManager: unknown;
  /** Registers a callback with the transaction that its receiver is bound to. */
  register(callback: ReceiverCallback, transaction: Transaction | undefined): void;
}

export interface ReceiverCallback {
  readonly on: 'commit' | 'rollback';
  readonly run: TransactionCallback;
  readonly receiver: ReceiverInfo;
  readonly options?: EffectOptions | undefined;
}

/** The signal of all work that nobody aborts. */
const NEVER = new AbortController().signal;

/** The context of one receiver in one send. */
export class SendContext implements ReceiverContext {
  /** @param bound null: the transaction of the send, whichever it is. */
  constructor(
    private readonly scope: SendScope,
    private readonly info: ReceiverInfo,
    private readonly bound: Transaction | undefined | null,
  ) {}

  get signal(): AnySignal {
    return this.scope.signal;
  }

  get sender(): Sender | null {
    return this.scope.sender;
  }

  get dispatchUid(): string {
    return this.info.dispatchUid;
  }

  get phase(): Phase {
    return this.info.phase;
  }

  get abortSignal(): AbortSignal {
    return NEVER;
  }

  get attempt(): number {
    return 1;
  }

  get deliveryId(): string | undefined {
    return undefined;
  }

  get manager(): Manager {
    const manager = this.#current()?.manager ?? this.scope.defaultManager;
    if (manager === undefined) {
      throw new NoManagerError(
        `Receiver '${this.dispatchUid}' of '${this.signal.name}' asked for a manager, but no ` +
          'integration with a single data source is attached. Name one: send(…, { manager }).',
      );
    }
    return manager as Manager;
  }

  /** Bound, so that a receiver may take it out of its context. */
  get onCommit(): ReceiverContext['onCommit'] {
    const { scope, info: receiver } = this;
    return (run, options) =>
      scope.register({ on: 'commit', run, receiver, options }, this.#current());
  }

  get onRollback(): ReceiverContext['onRollback'] {
    const { scope, info: receiver } = this;
    return (run) => scope.register({ on: 'rollback', run, receiver }, this.#current());
  }

  #current(): Transaction | undefined {
    return this.bound === null ? this.scope.transaction : this.bound;
  }
}
