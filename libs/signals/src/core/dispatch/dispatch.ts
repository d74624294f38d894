import { report } from '../error-sink.js';
import {
  callbackChannel,
  currentCause,
  receiverChannel,
  sendChannel,
  traced,
} from '../diagnostics/channels.js';
import type { IncomingDelivery, OutgoingEvent } from '../outbox/outbox.js';
import type { DispatchRuntime } from './runtime.js';
import { IncomingContext } from './incoming-context.js';
import { acceptedEvent } from './outgoing-event.js';
import { reported, runAtOnce, runOutsideTransaction } from '../callbacks/outside-transaction.js';
import { copyPayload } from './payload-copy.js';
import { SendContext, type ReceiverCallback, type SendScope } from './receiver-context.js';
import { failuresSoFar, rememberFailure } from './receiver-failure.js';
import type { ReceiverCondition, ReceiverInfo, ReceiverResult } from '../receiver.js';
import type { Registration } from '../registry/registration.js';
import { guardAgainstCycles } from './cycle-guard.js';
import type { SignalRoutes } from '../registry/routes.js';
import type { Send, SendResults } from '../send.js';
import type { AnySignal, Sender } from '../signal.js';
import { describeReceiver, refuseOutsideTransaction } from './send-refusal.js';
import { SendSpan } from './send-span.js';
import type { Transaction, TransactionCallback } from '../transaction.js';

/**
 * One send on its way to its receivers, each of which runs in its phase.
 * What every send does makes no closure: those of the rarer ways have methods of their own.
 */
export class Dispatch implements SendScope {
  #transaction: Transaction | undefined;
  #lookUpFailure: { readonly error: unknown } | undefined;
  /** The span of the send; undefined when nobody listens. */
  trace: SendSpan | undefined;

  constructor(
    private readonly environment: DispatchRuntime,
    private readonly send: Send,
  ) {}

  run(route: readonly Registration[], receivers: SignalRoutes): SendResults {
    // A send can only be caused by another one while something is under way.
    return this.environment.inFlight.isBusy
      ? this.#follow(route, receivers)
      : this.#start(route, receivers);
  }

  #follow(route: readonly Registration[], receivers: SignalRoutes): SendResults {
    return guardAgainstCycles(this.send, this.environment.deepest, () =>
      this.#start(route, receivers),
    );
  }

  #start(route: readonly Registration[], receivers: SignalRoutes): SendResults {
    return sendChannel.hasSubscribers
      ? this.#deliverTraced(route, receivers)
      : this.#deliver(route, receivers);
  }

  #deliverTraced(route: readonly Registration[], receivers: SignalRoutes): SendResults {
    this.#lookUp();
    const { application } = this.environment;
    this.trace = new SendSpan(application, this.send, this.#transaction?.place);
    this.trace.reaches(route, receivers.registrations);
    return traced(sendChannel, this.trace, () => this.#deliver(route, receivers));
  }

  async #deliver(route: readonly Registration[], receivers: SignalRoutes): SendResults {
    const results: ReceiverResult[] = [];
    this.#lookUp();
    const { areDeferred } = receivers;
    const outgoing = areDeferred ? this.#accept(route) : undefined;
    receivers.running += 1;
    this.environment.inFlight.enter();
    try {
      // By index: an iterator that is kept over an await costs as much as a receiver.
      for (let index = 0; index < route.length; index += 1) {
        const registration = route[index] as Registration;
        const { info } = registration;
        if (areDeferred && info.phase === 'durable') continue;
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
          } else {
            await this.#defer(registration);
          }
        } catch (reason) {
          rememberFailure(reason, info, since);
          if (!this.send.robust && !info.robust) throw reason;
          report(this.environment.onError, reason, `${describeReceiver(info, this.signal)} failed`);
          results.push({ receiver: info, status: 'rejected', reason });
        }
      }
      // Never robust: a delivery that is not written would be lost without a trace.
      if (outgoing) await this.#write(outgoing);
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

  get signal(): AnySignal {
    return this.send.signal;
  }

  get sender(): Sender | null {
    return this.send.sender;
  }

  get transaction(): Transaction | undefined {
    if (this.#lookUpFailure) throw this.#lookUpFailure.error;
    return this.#transaction;
  }

  /** At the moment of the send, or a context that is kept could find the transaction of a stranger. */
  #lookUp(): void {
    try {
      this.#transaction = this.environment.transactions?.find(this.send.manager);
    } catch (error) {
      // Concerns only receivers that need the transaction.
      this.#lookUpFailure = { error };
    }
  }

  get defaultManager(): unknown {
    // A manager that named a transaction is of no use once that has ended.
    if (this.transaction) return this.transaction.defaultManager;
    return this.send.manager ?? this.environment.transactions?.defaultManager;
  }

  register(callback: ReceiverCallback, transaction: Transaction | undefined): void {
    const { on, receiver, options } = callback;
    if (typeof callback.run !== 'function') {
      throw new TypeError(`A function was expected to run on ${on}, not ${typeof callback.run}.`);
    }
    const { application, onError } = this.environment;
    const what = `A callback of receiver '${receiver.dispatchUid}' of '${this.signal.name}'`;
    const run = this.#tracked(callback.run, what);
    const by = { application, receiver, isReceiver: false, send: undefined };
    if (on === 'rollback') transaction?.onRollback(reported(run, what, onError, by));
    else if (transaction) transaction.onCommit(reported(run, what, onError, by), options);
    else runAtOnce(run, what, this.environment);
  }

  #wants({ info, when }: Registration): boolean {
    if (!when) return true;
    return info.phase === 'inTransaction' ? when(this.send.payload) : this.#wantsLater(info, when);
  }

  /** Whoever runs after the transaction cannot harm it, not by its condition either. */
  #wantsLater(info: ReceiverInfo, when: ReceiverCondition<unknown>): boolean {
    try {
      return when(this.send.payload);
    } catch (error) {
      report(this.environment.onError, error, `${describeReceiver(info, this.signal)} failed`);
      return false;
    }
  }

  #invoke(registration: Registration): unknown {
    if (this.send.robust || registration.info.robust) return this.#invokeRobust(registration);
    if (this.send.manager !== undefined) return this.#invokeWithin(registration);
    return this.#call(registration, this.#contextFor(registration), this.#transaction);
  }

  #contextFor({ info }: Registration): SendContext {
    return new SendContext(this, info, null);
  }

  /** A failed statement of the receiver is undone without harm to the sender's transaction. */
  #invokeRobust(registration: Registration): unknown {
    const { transaction } = this;
    if (!transaction) return this.#call(registration, this.#contextFor(registration), undefined);
    return transaction.savepoint(async (inner) =>
      this.#call(registration, new SendContext(this, registration.info, inner), inner),
    );
  }

  /** What the receiver sends in turn finds the transaction, also one that was only named. */
  #invokeWithin(registration: Registration): unknown {
    const context = this.#contextFor(registration);
    const { transaction } = this;
    if (!transaction) return this.#call(registration, context, undefined);
    return transaction.within(() => this.#call(registration, context, transaction));
  }

  #call(
    registration: Registration,
    context: SendContext,
    transaction: Transaction | undefined,
  ): unknown {
    return receiverChannel.hasSubscribers
      ? this.#callTraced(registration, context, transaction)
      : registration.invoke(this.#told(), context);
  }

  #callTraced(
    { invoke, info }: Registration,
    context: SendContext,
    transaction: Transaction | undefined,
  ): Promise<unknown> {
    return traced(
      receiverChannel,
      {
        kind: 'receiver',
        application: this.environment.application,
        receiver: info,
        isolated: this.send.robust || info.robust || info.phase !== 'inTransaction',
        send: this.trace,
        place: transaction?.place,
        cause: currentCause(),
      },
      () => invoke(this.#told(), context),
    );
  }

  #told(): unknown {
    const { payload, isChangeable } = this.send;
    return isChangeable ? copyPayload(payload).payload : payload;
  }

  #defer(registration: Registration): Promise<void> | undefined {
    const { info, signal } = registration;
    const { application, onError } = this.environment;
    // A bridge takes every signal as it comes: it cannot know who sends where.
    const outsideTransaction = signal ? this.environment.outsideTransaction : 'run';
    const what = describeReceiver(info, this.signal);
    const run = this.#tracked(
      () => this.#call(registration, new SendContext(this, info, undefined), undefined),
      what,
    );
    const by = { application, receiver: info, isReceiver: true, send: this.trace };
    if (info.phase === 'afterRollback') {
      this.transaction?.onRollback(reported(run, what, onError, by));
    } else if (this.transaction) {
      this.transaction.onCommit(reported(run, what, onError, by));
    } else {
      const told = callbackChannel.hasSubscribers ? reported(run, what, onError, by) : run;
      return runOutsideTransaction(told, what, outsideTransaction, onError, application);
    }
    return undefined;
  }

  /**
   * What durable receivers are to be told, as it is at the send: checked before any receiver has run,
   * written once all receivers in the transaction have.
   */
  #accept(route: readonly Registration[]): OutgoingEvent | undefined {
    if (!this.#transaction) {
      refuseOutsideTransaction(route, this.send, this.environment, this.#lookUpFailure);
    }
    let durable: Registration[] | undefined;
    for (const registration of route) {
      if (registration.info.phase !== 'durable') continue;
      if (this.#wants(registration)) (durable ??= []).push(registration);
      else this.trace?.skip(registration.info, 'condition');
    }
    if (!durable) return undefined;
    return acceptedEvent(this.send, durable, this.#transaction, this.environment.outbox);
  }

  async #write(outgoing: OutgoingEvent): Promise<void> {
    const { transaction } = this;
    const { outbox } = this.environment;
    if (transaction && outbox) await outbox.write(outgoing, transaction);
  }

  /** Once it runs, a shutdown waits for it, and what it sends is caused by this send. */
  #tracked(callback: TransactionCallback, what: string): () => Promise<unknown> {
    return this.environment.inFlight.tracked(
      () => guardAgainstCycles(this.send, this.environment.deepest, async () => callback()),
      what,
    );
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<unknown>>).then === 'function'
  );
}
