import { consoleErrorSink, type ErrorSink } from './callbacks.js';
import { Delivery, freezeEnvelope, type DeliveryEnvironment } from './delivery.js';
import { Muting, type MuteFilter } from './muting.js';
import type {
  ReceiverFunction,
  ReceiverInfo,
  ReceiverOptions,
  ReceiverResult,
} from './receiver.js';
import type { Registration } from './registration.js';
import { Registry } from './registry.js';
import { FOLLOWED_FROM, followSend } from './signal-cycle.js';
import type { AnySignal, PayloadOf, Sender } from './signal.js';
import type { OutsideTransactionPolicy, TransactionSource } from './transaction.js';
import { WorkInFlight } from './work-in-flight.js';

export interface SignalsOptions {
  /** Demands a `dispatchUid` of every receiver. Default: false. */
  readonly strict?: boolean;
  /**
   * What becomes of after-commit work when no transaction is open. Default: `run`, at once and
   * before the send returns, as in Django.
   */
  readonly outsideTransaction?: OutsideTransactionPolicy;
  /** Told of failures that have no caller to reach. Default: standard error. */
  readonly onError?: ErrorSink;
}

export interface SendOptions {
  /** Names the transaction of the send; without it, that of the calling context is found. */
  readonly manager?: unknown;
}

const NO_RESULTS: Promise<readonly ReceiverResult[]> = Promise.resolve(Object.freeze([]));

/**
 * The signals of one application: who is connected, and the sending. Two instances never hear each
 * other. Works without Nest and without a database; integrations add both.
 */
export class Signals {
  readonly #registry: Registry;
  readonly #environment: DeliveryEnvironment;
  readonly #muting = new Muting();
  #closed = false;

  constructor(options: SignalsOptions = {}) {
    this.#registry = new Registry(options.strict ?? false);
    this.#environment = {
      outsideTransaction: options.outsideTransaction ?? 'run',
      onError: options.onError ?? consoleErrorSink,
      inFlight: new WorkInFlight(),
      transactions: undefined,
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
    receiver: ReceiverFunction<PayloadOf<S, E>>,
    options: ReceiverOptions<PayloadOf<S, E>, E> = {},
  ): Disposable {
    return this.#disposable(signal, this.#registry.connect(signal, receiver, options as object));
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
   * @param sender the class or name that sends; null reaches only receivers of every sender.
   * @returns one record for each receiver that ran, in order (Django: `Signal.send`).
   */
  send<S extends AnySignal, E>(
    signal: S,
    sender: Sender<E> | null,
    payload: PayloadOf<S, E>,
    options?: SendOptions,
  ): Promise<readonly ReceiverResult[]> {
    return this.#send(signal, sender, payload, options?.manager, false);
  }

  /**
   * As {@link send}, but every receiver runs: a failure is reported and recorded in its result.
   * In a transaction each receiver has a savepoint of its own (Django: `Signal.send_robust`).
   */
  sendRobust<S extends AnySignal, E>(
    signal: S,
    sender: Sender<E> | null,
    payload: PayloadOf<S, E>,
    options?: SendOptions,
  ): Promise<readonly ReceiverResult[]> {
    return this.#send(signal, sender, payload, options?.manager, true);
  }

  /**
   * Silences receivers for whatever `work` sends, in its context only. Nests. What is silenced is
   * not queued for after the commit either.
   */
  mute<T>(filter: MuteFilter, work: () => T | Promise<T>): Promise<T> {
    return this.#muting.mute(filter, work);
  }

  /** Whether a send would reach anybody; costs a look-up. */
  hasReceivers(signal: AnySignal, sender: Sender | null): boolean {
    return !this.#closed && this.#registry.route(signal, sender).length > 0;
  }

  /** All connected receivers. */
  list(): readonly ReceiverInfo[] {
    return this.#registry.list();
  }

  /** Every pair of a signal and a sender that a receiver names. For checks at start. */
  expectedSenders(): readonly { signal: AnySignal; sender: Sender; receiver: ReceiverInfo }[] {
    return this.#registry
      .registrations()
      .flatMap(({ signal, sender, info }) =>
        signal && sender !== undefined ? [{ signal, sender, receiver: info }] : [],
      );
  }

  /** For integrations: where the transactions of senders are found. */
  useTransactions(source: TransactionSource): Disposable {
    this.#environment.transactions = source;
    return {
      [Symbol.dispose]: () => {
        if (this.#environment.transactions === source) this.#environment.transactions = undefined;
      },
    };
  }

  /**
   * Silences the instance for good, once what is under way has ended.
   *
   * @param deadline how long to wait for it, in milliseconds.
   * @returns whether all of it ended in time.
   */
  async close(deadline = 10_000): Promise<boolean> {
    const idle = await this.#environment.inFlight.idle(deadline);
    this.#closed = true;
    return idle;
  }

  #send(
    signal: AnySignal,
    sender: Sender | null,
    payload: unknown,
    manager: unknown,
    robust: boolean,
  ): Promise<readonly ReceiverResult[]> {
    const receivers = this.#registry.receiversOf(signal);
    const route = this.#muting.audible(this.#registry.route(signal, sender), signal, sender);
    if (route.length === 0 || this.#closed) return NO_RESULTS;
    freezeEnvelope(payload);
    const delivery = new Delivery(this.#environment, signal, sender, payload, manager, robust);
    return receivers.running < FOLLOWED_FROM
      ? delivery.run(route, receivers)
      : followSend(signal, sender, () => delivery.run(route, receivers));
  }

  #disposable(signal: AnySignal | undefined, registration: Registration): Disposable {
    return {
      [Symbol.dispose]: () => {
        this.#registry.disconnect(signal, (other) => other === registration);
      },
    };
  }
}
