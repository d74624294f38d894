import type { Manager, Phase, ReceiverContext, ReceiverInfo } from '../receiver.js';
import type { AnySignal, Sender } from '../signal.js';
import type { CallbackOptions, Transaction, TransactionCallback } from '../transaction.js';

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
  readonly options?: CallbackOptions | undefined;
}

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
