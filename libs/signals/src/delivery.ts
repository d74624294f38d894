import { report, type ErrorSink } from './callbacks.js';
import { callbackChannel, currentCause, receiverChannel, sendChannel, traced } from './channels.js';
import {
  DurableOutsideTransactionError,
  type DeliveryDesk,
  type IncomingDelivery,
} from './deliveries.js';
import { IncomingContext } from './incoming-context.js';
import { outgoingEvent } from './outgoing-event.js';
import { reported, runOutsideTransaction } from './outside-transaction.js';
import { SendContext, type ReceiverCallback, type SendScope } from './receiver-context.js';
import { failuresSoFar, rememberFailure } from './receiver-failure.js';
import type { ReceiverResult } from './receiver.js';
import type { Registration } from './registration.js';
import { follow } from './signal-cycle.js';
import type { SignalReceivers } from './signal-receivers.js';
import type { AnySignal, Sender } from './signal.js';
import { SendSpan } from './send-span.js';
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
  /** Where durable deliveries are written; undefined without an integration that does it. */
  deliveries: DeliveryDesk | undefined;
}

/** One send on its way to its receivers, each of which runs in its phase. */
export class Delivery implements SendScope {
  #transaction: Transaction | undefined;
  #lookUpFailure: { readonly error: unknown } | undefined;
  /** The span of the send; undefined when nobody listens. */
  trace: SendSpan | undefined;

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
    this.#lookUp();
    const { signal, sender, payload, robust } = this;
    this.trace = new SendSpan({ signal, sender, payload, robust }, this.#transaction?.place);
    this.trace.reaches(route, receivers.registrations);
    return traced(sendChannel, this.trace, () => this.#deliver(route, receivers));
  }

  async #deliver(
    route: readonly Registration[],
    receivers: SignalReceivers,
  ): Promise<readonly ReceiverResult[]> {
    const results: ReceiverResult[] = [];
    let durable: Registration[] | undefined;
    this.#lookUp();
    receivers.running += 1;
    this.environment.inFlight.enter();
    try {
      for (const registration of route) {
        const { info } = registration;
        const since = failuresSoFar();
        try {
          if (!this.#wants(registration)) {
            this.trace?.skip(info, 'condition');
            continue;
          }
          if (info.phase === 'inTransaction') {
            const outcome = this.#invoke(registration);
            const value = isThenable(outcome) ? await outcome : outcome;
            results.push({ receiver: info, status: 'fulfilled', value });
          } else if (info.phase === 'durable') {
            (durable ??= []).push(registration);
          } else {
            await this.#defer(registration);
          }
        } catch (reason) {
          rememberFailure(reason, info, since);
          if (!this.robust && !info.robust) throw reason;
          report(this.environment.onError, reason, `${this.#describe(registration)} failed`);
          results.push({ receiver: info, status: 'rejected', reason });
        }
      }
      if (durable) await this.#write(durable);
      return results;
    } finally {
      receivers.running -= 1;
      this.environment.inFlight.leave();
    }
  }

  /** Runs a durable receiver for a delivery that a worker has taken. */
  async receive(registration: Registration, incoming: IncomingDelivery): Promise<unknown> {
    this.#lookUp();
    const context = new IncomingContext(this, registration.info, incoming);
    const call = async () => this.#call(registration, context, this.#transaction);
    return this.transaction ? this.transaction.within(call) : call();
  }

  get transaction(): Transaction | undefined {
    if (this.#lookUpFailure) throw this.#lookUpFailure.error;
    return this.#transaction;
  }

  /** At the moment of the send, or a context that is kept could find the transaction of a stranger. */
  #lookUp(): void {
    try {
      this.#transaction = this.environment.transactions?.find(this.named);
    } catch (error) {
      // Concerns only receivers that need the transaction.
      this.#lookUpFailure = { error };
    }
  }

  get defaultManager(): unknown {
    // A manager that named a transaction is of no use once that has ended.
    if (this.transaction) return this.transaction.defaultManager;
    return this.named ?? this.environment.transactions?.defaultManager;
  }

  register(callback: ReceiverCallback, transaction: Transaction | undefined): void {
    const { on, receiver, options } = callback;
    if (typeof callback.run !== 'function') {
      throw new TypeError(`A function was expected to run on ${on}, not ${typeof callback.run}.`);
    }
    const { onError, outsideTransaction } = this.environment;
    const what = `A callback of receiver '${receiver.dispatchUid}' of '${this.signal.name}'`;
    const run = this.#tracked(callback.run, what);
    const by = { receiver, isReceiver: false, send: undefined };
    if (on === 'rollback') transaction?.onRollback(reported(run, what, onError, by));
    else if (transaction) transaction.onCommit(reported(run, what, onError, by), options);
    else void runOutsideTransaction(run, what, outsideTransaction, onError);
  }

  /** Whoever runs after the transaction cannot harm it, not by its condition either. */
  #wants(registration: Registration): boolean {
    const { info, when } = registration;
    if (!when) return true;
    if (info.phase === 'inTransaction') return when(this.payload);
    try {
      return when(this.payload);
    } catch (error) {
      report(this.environment.onError, error, `${this.#describe(registration)} failed`);
      return false;
    }
  }

  #invoke(registration: Registration): unknown {
    const { info } = registration;
    if ((this.robust || info.robust) && this.transaction) {
      // A failed statement of the receiver is undone without harm to the sender's transaction.
      return this.transaction.savepoint(async (inner) =>
        this.#call(registration, new SendContext(this, info, inner), inner),
      );
    }
    const context = new SendContext(this, info, null);
    // What the receiver sends in turn finds the transaction, also one that was only named.
    return this.named !== undefined && this.transaction
      ? this.transaction.within(() => this.#call(registration, context, this.transaction))
      : this.#call(registration, context, this.#transaction);
  }

  #call(
    { invoke, info }: Registration,
    context: SendContext,
    transaction: Transaction | undefined,
  ): unknown {
    if (!receiverChannel.hasSubscribers) return invoke(this.payload, context);
    return traced(
      receiverChannel,
      {
        kind: 'receiver',
        receiver: info,
        isolated: this.robust || info.robust || info.phase !== 'inTransaction',
        send: this.trace,
        place: transaction?.place,
        cause: currentCause(),
      },
      () => invoke(this.payload, context),
    );
  }

  #defer(registration: Registration): Promise<void> | undefined {
    const { info, signal } = registration;
    const { onError } = this.environment;
    // A bridge takes every signal as it comes: it cannot know who sends where.
    const outsideTransaction = signal ? this.environment.outsideTransaction : 'run';
    const what = this.#describe(registration);
    const run = this.#tracked(
      () => this.#call(registration, new SendContext(this, info, undefined), undefined),
      what,
    );
    const by = { receiver: info, isReceiver: true, send: this.trace };
    if (info.phase === 'afterRollback') {
      this.transaction?.onRollback(reported(run, what, onError, by));
    } else if (this.transaction) {
      this.transaction.onCommit(reported(run, what, onError, by));
    } else {
      const told = callbackChannel.hasSubscribers ? reported(run, what, onError, by) : run;
      return runOutsideTransaction(told, what, outsideTransaction, onError);
    }
    return undefined;
  }

  /**
   * Writes what durable receivers are to be told, once all receivers in the transaction have run.
   * Never robust: a delivery that is not written would be lost without a trace.
   */
  async #write(durable: readonly Registration[]): Promise<void> {
    const { transaction, signal, sender, payload } = this;
    const { deliveries } = this.environment;
    if (!transaction || !deliveries) {
      throw new DurableOutsideTransactionError(
        signal,
        durable.map(({ info }) => info.dispatchUid),
      );
    }
    await deliveries.write(outgoingEvent(signal, sender, payload, durable), transaction);
  }

  /** Once it runs, a shutdown waits for it, and what it sends is caused by this send. */
  #tracked(callback: TransactionCallback, what: string): () => Promise<void> {
    return this.environment.inFlight.tracked(
      () => follow(this.signal, this.sender, async () => callback()),
      what,
    );
  }

  #describe({ info }: Registration): string {
    return `Receiver '${info.dispatchUid}' of '${this.signal.name}'`;
  }
}

/** Receivers share the envelope; objects of a class, such as entities, stay as they are. */
export function freezeEnvelope(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return;
  const prototype: unknown = Object.getPrototypeOf(payload);
  if (prototype === Object.prototype || prototype === null) Object.freeze(payload);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value instanceof Promise ||
    (((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      typeof (value as Partial<PromiseLike<unknown>>).then === 'function')
  );
}
