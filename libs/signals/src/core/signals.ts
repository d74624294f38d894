import { consoleErrorSink } from './error-sink.js';
import { sendChannel } from './diagnostics/channels.js';
import {
  DurableOutsideTransactionError,
  type Outbox,
  type IncomingDelivery,
} from './outbox/outbox.js';
import type { DispatchRuntime } from './dispatch/runtime.js';
import { Dispatch } from './dispatch/dispatch.js';
import { missingPayload, requireNamedSignal } from './invalid-reference.error.js';
import { Muting, type MuteFilter } from './registry/muting.js';
import { observed, type SendObserver } from './observed-send.js';
import type {
  AnyReceiverOptions,
  DurableReceiverFunction,
  DurableReceiverOptions,
  ImmediateReceiverOptions,
  ReceiverFunction,
  ReceiverInfo,
  ReceiverOptions,
  ReceiverResult,
} from './receiver.js';
import { receiveDelivery } from './outbox/receive-delivery.js';
import { requireSignal, type Registration } from './registry/registration.js';
import { Registry } from './registry/registry.js';
import { depthLimit } from './dispatch/cycle-guard.js';
import { sendOf, takeSnapshot, type Send, type SendResults } from './send.js';
import type { SignalRoutes } from './registry/routes.js';
import { durableIds } from './dispatch/send-refusal.js';
import { SignalsClosedError } from './signals-closed.error.js';
import { SignalsNotConnectedError } from './signals-not-connected.error.js';
import type { Expectation, SendOptions, SignalsOptions } from './signals-options.js';
import type { AnySignal, PayloadOf, Sender, SerializedPayloadOf } from './signal.js';
import { joinedSource } from './callbacks/transaction-sources.js';
import type { OutsideTransactionPolicy, TransactionSource, WorkUnderWay } from './transaction.js';
import { WorkInFlight, withinTime } from './dispatch/work-in-flight.js';

const NO_RESULTS: SendResults = Promise.resolve(Object.freeze([]));

/**
 * The signals of one application: who is connected, and the sending. Two instances never hear each
 * other. Works without Nest and without a database; integrations add both.
 */
export class Signals {
  readonly #registry: Registry;
  readonly #environment: DispatchRuntime;
  readonly #muting = new Muting();
  #sources: readonly TransactionSource[] = [];
  #state: 'held' | 'open' | 'closed' = 'open';

  constructor(options: SignalsOptions = {}) {
    this.#registry = new Registry(options.strict ?? false);
    this.#environment = {
      application: this,
      outsideTransaction: options.outsideTransaction ?? 'run',
      onError: options.onError ?? consoleErrorSink,
      deepest: depthLimit(options.depthLimit),
      inFlight: new WorkInFlight(),
      transactions: undefined,
      outbox: undefined,
    };
  }

  /**
   * Connects a receiver. The same function or `dispatchUid` connects once for each signal and
   * sender: the first position and the first options stand (Django: `Signal.connect`).
   *
   * @returns what disconnects exactly this receiver.
   * @throws ReceiverDeclarationError, DuplicateReceiverError
   */
  connect<S extends AnySignal, E>(
    signal: S,
    receiver: DurableReceiverFunction<SerializedPayloadOf<S, E>>,
    options: DurableReceiverOptions<PayloadOf<S, E>, E>,
  ): Disposable;
  connect<S extends AnySignal, E>(
    signal: S,
    receiver: ReceiverFunction<PayloadOf<S, E>>,
    options?: ImmediateReceiverOptions<PayloadOf<S, E>, E>,
  ): Disposable;
  connect(
    signal: AnySignal,
    receiver: DurableReceiverFunction<never>,
    options: AnyReceiverOptions = {},
  ): Disposable {
    requireSignal(signal, options.owner);
    const connected = receiver as ReceiverFunction<never>;
    return this.#disposable(signal, this.#registry.connect(signal, connected, options));
  }

  /** Connects a receiver to every domain signal, also to those defined later. For bridges. */
  connectToAll(receiver: ReceiverFunction<unknown>, options: ReceiverOptions = {}): Disposable {
    return this.#disposable(undefined, this.#registry.connect(undefined, receiver, options));
  }

  /**
   * Disconnects by what identified the receiver when it was connected: its `dispatchUid` or else
   * the function, and the sender. Answers whether it was connected.
   */
  disconnect(
    signal: AnySignal,
    identity: string | ReceiverFunction<never>,
    sender?: Sender,
  ): boolean {
    requireNamedSignal(signal);
    return this.#registry.disconnect(
      signal,
      (registration) => registration.identity === identity && registration.sender === sender,
    );
  }

  /**
   * Sends a signal: the receivers run one after the other, in `order` and then in the order of
   * connecting, synchronous and asynchronous ones alike, each awaited. The first failure stops
   * the send and reaches the caller as the very object that was thrown; {@link failedReceiver}
   * tells whose it was. Receivers of other phases are queued, not run.
   *
   * Receivers are told the payload as it is now, as a frozen copy; entities in it are the very ones.
   *
   * @returns one record for each receiver that ran, in order (Django: `Signal.send`).
   * @throws what a receiver throws; SignalCycleError; InvalidReferenceError where the signal, the
   * payload or a sender that is named is undefined.
   */
  send<S extends AnySignal, E>(
    signal: S,
    payload: PayloadOf<S, E>,
    options?: SendOptions<E>,
  ): Promise<readonly ReceiverResult[]> {
    return this.#send(signal, payload, options, false);
  }

  /**
   * As {@link send}, but every receiver runs: a failure is reported and recorded in its result.
   * In a transaction each receiver has a savepoint of its own (Django: `Signal.send_robust`).
   */
  sendRobust<S extends AnySignal, E>(
    signal: S,
    payload: PayloadOf<S, E>,
    options?: SendOptions<E>,
  ): Promise<readonly ReceiverResult[]> {
    return this.#send(signal, payload, options, true);
  }

  /**
   * Silences receivers for whatever `work` sends, in its context only. Nests. What is silenced is
   * not queued for after the commit either.
   */
  mute<T>(filter: MuteFilter, work: () => T | Promise<T>): Promise<T> {
    return this.#muting.mute(filter, work);
  }

  /** Silences receivers whoever sends, in every context, until it is disposed. Nests. For tests. */
  silence(filter: MuteFilter): Disposable {
    return this.#muting.silence(filter);
  }

  /** Tells of every send of a signal, also of one that reaches no receiver. For tools. */
  observe<S extends AnySignal>(signal: S, observer: SendObserver<S>): Disposable {
    const receivers = this.#registry.receiversOf(signal);
    const added = observer as SendObserver<never> as SendObserver;
    receivers.observers = [...receivers.observers, added];
    return {
      [Symbol.dispose]: () => {
        receivers.observers = receivers.observers.filter((other) => other !== added);
      },
    };
  }

  /** Whether anybody is connected whom a send concerns; costs a look-up. */
  hasReceivers(signal: AnySignal, sender: Sender | null): boolean {
    return this.#registry.receiversOf(signal).isHeard(sender);
  }

  /** All connected receivers. */
  list(): readonly ReceiverInfo[] {
    return this.#registry.list();
  }

  /** What each receiver waits for, bridges left out. For checks at start. */
  expectations(): readonly Expectation[] {
    return this.#registry.expectations();
  }

  /** For integrations: what this application does with after-commit work without a transaction. */
  get outsideTransaction(): OutsideTransactionPolicy {
    return this.#environment.outsideTransaction;
  }

  /** For integrations: wraps work so that closing waits for it, and tools tell of it. */
  tracked<T>(work: () => T | Promise<T>, what: string): () => Promise<T> {
    return this.#environment.inFlight.tracked(work, what);
  }

  /**
   * Makes signals known before anybody connects to them: they are listed, and their names taken.
   *
   * @throws ReceiverDeclarationError when another signal has such a name.
   */
  declare(...signals: readonly AnySignal[]): void {
    for (const signal of signals) this.#registry.declare(signal);
  }

  /** All signals that are declared or have had a receiver, whether or not anybody hears them. */
  known(): readonly AnySignal[] {
    return this.#registry.known();
  }

  /** For integrations: where the transactions of senders are found. */
  useTransactions(source: TransactionSource): Disposable {
    this.#useSources([...this.#sources, source]);
    return {
      [Symbol.dispose]: () => this.#useSources(this.#sources.filter((other) => other !== source)),
    };
  }

  /** For integrations: where durable deliveries are written. */
  useOutbox(outbox: Outbox): Disposable {
    this.#environment.outbox = outbox;
    return {
      [Symbol.dispose]: () => {
        if (this.#environment.outbox === outbox) this.#environment.outbox = undefined;
      },
    };
  }

  /**
   * For integrations: hands a delivery that a worker has taken to its receiver.
   *
   * @param manager names the transaction that the receiver works in, or what it works with instead.
   * @returns what the receiver returned.
   * @throws what the receiver throws; UnknownReceiverError; SignalsClosedError.
   */
  async receive(incoming: IncomingDelivery, manager: unknown): Promise<unknown> {
    const registration = this.#registry.targetOf(incoming);
    if (this.#state === 'closed') throw new SignalsClosedError(registration.signal as AnySignal);
    return receiveDelivery(this.#environment, registration, incoming, manager);
  }

  /**
   * For integrations that send about something that they do: refuses it before it is done, where the
   * send would have to be refused after it.
   *
   * @throws DurableOutsideTransactionError, or what the transaction says when it has ended.
   */
  refuseOutsideTransaction(signal: AnySignal, sender: Sender | null, manager: unknown): void {
    const durable = this.#registry
      .receiversOf(signal)
      .route(sender)
      .filter(({ info }) => info.phase === 'durable');
    if (durable.length === 0 || this.#environment.transactions?.find(manager)) return;
    const audible = this.#muting.audible(durable, { signal, sender });
    if (audible.length > 0) throw new DurableOutsideTransactionError(signal, durableIds(audible));
  }

  /** What durable receivers have been told and have not done, in any process. For tools. */
  async outstanding(): Promise<readonly string[]> {
    return (await this.#environment.outbox?.outstanding()) ?? [];
  }

  /**
   * What is not done: sends under way, deferred receivers that run, and transactions that have not
   * ended or whose callbacks run, without those that the caller is in. For tools.
   */
  underWay(): readonly WorkUnderWay[] {
    const { inFlight, transactions } = this.#environment;
    const running = [...this.#registry.running(), ...inFlight.running()];
    const ended = running.length > 0 ? inFlight.ended() : Promise.resolve();
    return [...running.map((what) => ({ what, ended })), ...(transactions?.unfinished?.() ?? [])];
  }

  /**
   * For frameworks: as long as it is held, every send is refused with
   * {@link SignalsNotConnectedError}, whether or not anybody is to hear it.
   */
  hold(isHeld: boolean): void {
    if (this.#state !== 'closed') this.#state = isHeld ? 'held' : 'open';
  }

  /**
   * Silences the instance for good, once sends, receivers and transactions that are under way have
   * ended. A send that comes later in an open transaction fails with {@link SignalsClosedError}.
   *
   * @param deadline how long to wait for it, in milliseconds.
   * @returns whether all of it ended in time.
   */
  async close(deadline = 10_000): Promise<boolean> {
    const { inFlight } = this.#environment;
    const end = performance.now() + deadline;
    await inFlight.idle(deadline);
    await withinTime(this.underWay(), end - performance.now());
    this.#state = 'closed';
    return this.underWay().length === 0;
  }

  #useSources(sources: readonly TransactionSource[]): void {
    this.#sources = sources;
    this.#environment.transactions = joinedSource(sources);
  }

  #send(
    signal: AnySignal,
    payload: unknown,
    options: SendOptions | undefined,
    robust: boolean,
  ): SendResults {
    const send = sendOf(signal, payload, options, robust);
    try {
      return this.#state === 'open' ? this.#deliver(send) : this.#sendUnlessOpen(send);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #deliver(send: Send): SendResults {
    const receivers = this.#registry.receiversOf(send.signal);
    const route = this.#muting.audible(receivers.route(send.sender), send);
    if (send.payload === undefined) throw missingPayload(send.signal);
    const { observers } = receivers;
    const isHeard = route.length > 0 || sendChannel.hasSubscribers;
    if (!isHeard && observers.length === 0) return NO_RESULTS;
    takeSnapshot(send, this.#environment.transactions?.isEntity);
    if (observers.length > 0) return this.#deliverObserved(send, route, receivers);
    return new Dispatch(this.#environment, send).run(route, receivers);
  }

  #deliverObserved(
    send: Send,
    route: readonly Registration[],
    receivers: SignalRoutes,
  ): SendResults {
    return observed(receivers.observers, send, () =>
      new Dispatch(this.#environment, send).run(route, receivers),
    );
  }

  #sendUnlessOpen(send: Send): SendResults {
    if (this.#state === 'held') throw new SignalsNotConnectedError(send.signal);
    return this.#sendWhenClosed(send);
  }

  /**
   * Nobody hears it; but what is not committed yet must not be committed without its receivers, and a
   * delivery that is not written is lost.
   */
  async #sendWhenClosed(send: Send): SendResults {
    const { signal, sender, manager } = send;
    const missed = this.#muting.audible(this.#registry.receiversOf(signal).route(sender), send);
    const isDurable = missed.some(({ info }) => info.phase === 'durable');
    if (isDurable || (missed.length > 0 && this.#environment.transactions?.find(manager))) {
      throw new SignalsClosedError(signal);
    }
    return [];
  }

  #disposable(signal: AnySignal | undefined, registration: Registration): Disposable {
    return {
      [Symbol.dispose]: () => {
        this.#registry.disconnect(signal, (other) => other === registration);
      },
    };
  }
}
