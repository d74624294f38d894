import { report, type ErrorSink } from './callbacks.js';
import { currentCause, receiverChannel, sendChannel, traced, type SendTrace } from './channels.js';
import { reported, runOutsideTransaction } from './outside-transaction.js';
import { SendContext, type SendScope } from './receiver-context.js';
import { rememberFailure } from './receiver-failure.js';
import type { ReceiverResult } from './receiver.js';
import type { Registration } from './registration.js';
import type { SignalReceivers } from './signal-receivers.js';
import type { AnySignal, Sender } from './signal.js';
import type {
  OutsideTransactionPolicy,
  Transaction,
  TransactionCallback,
  TransactionSource,
} from './transaction.js';
import type { WorkInFlight } from './work-in-flight.js';

/** What all deliveries of an application share. */
export interface DeliveryEnvironment {
  readonly outsideTransaction: OutsideTransactionPolicy;
  readonly onError: ErrorSink;
  readonly inFlight: WorkInFlight;
  transactions: TransactionSource | undefined;
}

/** One send on its way to its receivers, each of which runs in its phase. */
export class Delivery implements SendScope {
  #transaction: Transaction | undefined | null = null;
  /** The span of the send; undefined when nobody listens. */
  trace: SendTrace | undefined;

  constructor(
    private readonly environment: DeliveryEnvironment,
    readonly signal: AnySignal,
    readonly sender: Sender | null,
    private readonly payload: unknown,
    private readonly named: unknown,
    private readonly robust: boolean,
  ) {}

  run(
    route: readonly Registration[],
    receivers: SignalReceivers,
  ): Promise<readonly ReceiverResult[]> {
    if (!sendChannel.hasSubscribers) return this.#deliver(route, receivers);
    const { signal, sender, payload, robust } = this;
    const infos = route.map(({ info }) => info);
    const cause = currentCause();
    this.trace = { kind: 'send', signal, sender, payload, receivers: infos, robust, cause };
    return traced(sendChannel, this.trace, () => this.#deliver(route, receivers));
  }

  async #deliver(
    route: readonly Registration[],
    receivers: SignalReceivers,
  ): Promise<readonly ReceiverResult[]> {
    const results: ReceiverResult[] = [];
    receivers.running += 1;
    this.environment.inFlight.enter();
    try {
      for (const registration of route) {
        const { info, when } = registration;
        try {
          if (when && !when(this.payload)) continue;
          if (info.phase === 'inTransaction') {
            const outcome = this.#invoke(registration);
            const value = isThenable(outcome) ? await outcome : outcome;
            results.push({ receiver: info, status: 'fulfilled', value });
          } else {
            await this.#defer(registration);
          }
        } catch (reason) {
          rememberFailure(reason, info);
          if (!this.robust && !info.robust) throw reason;
          report(this.environment.onError, reason, `${this.#describe(registration)} failed`);
          results.push({ receiver: info, status: 'rejected', reason });
        }
      }
      return results;
    } finally {
      receivers.running -= 1;
      this.environment.inFlight.leave();
    }
  }

  get transaction(): Transaction | undefined {
    if (this.#transaction === null) {
      this.#transaction = this.environment.transactions?.find(this.named);
    }
    return this.#transaction;
  }

  get defaultManager(): unknown {
    return this.named ?? this.environment.transactions?.defaultManager;
  }

  runOutside(kind: 'commit' | 'rollback', callback: TransactionCallback, what: string): void {
    if (kind === 'rollback') return;
    void runOutsideTransaction(
      this.#tracked(callback),
      `A callback of receiver '${what}'`,
      this.environment.outsideTransaction,
      this.environment.onError,
    );
  }

  #invoke(registration: Registration): unknown {
    const { info } = registration;
    if ((this.robust || info.robust) && this.transaction) {
      // A failed statement of the receiver is undone without harm to the sender's transaction.
      return this.transaction.savepoint(async (inner) =>
        this.#call(registration, new SendContext(this, info, inner)),
      );
    }
    const context = new SendContext(this, info, null);
    // What the receiver sends in turn finds the transaction, also one that was only named.
    return this.named !== undefined && this.transaction
      ? this.transaction.within(() => this.#call(registration, context))
      : this.#call(registration, context);
  }

  #call({ invoke, info }: Registration, context: SendContext): unknown {
    if (!receiverChannel.hasSubscribers) return invoke(this.payload, context);
    return traced(
      receiverChannel,
      { kind: 'receiver', receiver: info, send: this.trace, cause: currentCause() },
      () => invoke(this.payload, context),
    );
  }

  #defer(registration: Registration): Promise<void> | undefined {
    const { info } = registration;
    const { onError, outsideTransaction } = this.environment;
    const what = this.#describe(registration);
    const run = this.#tracked(() =>
      this.#call(registration, new SendContext(this, info, undefined)),
    );
    if (info.phase === 'afterRollback') {
      this.transaction?.onRollback(reported(run, what, onError));
    } else if (this.transaction) {
      this.transaction.onCommit(reported(run, what, onError));
    } else {
      return runOutsideTransaction(run, what, outsideTransaction, onError);
    }
    return undefined;
  }

  /** Makes a shutdown wait for the callback once it has started. */
  #tracked(callback: TransactionCallback): () => Promise<void> {
    const { inFlight } = this.environment;
    return async () => {
      inFlight.enter();
      try {
        await callback();
      } finally {
        inFlight.leave();
      }
    };
  }

  #describe({ info }: Registration): string {
    return `Receiver '${info.dispatchUid}' of '${this.signal.name}'`;
  }
}

/** Receivers share the envelope; objects of a class, such as entities, stay as they are. */
export function freezeEnvelope(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return;
  if (Object.getPrototypeOf(payload) === Object.prototype) Object.freeze(payload);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value instanceof Promise ||
    (typeof value === 'object' &&
      value !== null &&
      typeof (value as Partial<PromiseLike<unknown>>).then === 'function')
  );
}
