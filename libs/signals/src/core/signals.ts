import { consoleErrorSink } from './error-sink.js';
import { sendChannel } from './diagnostics/channels.js';
import type { DispatchRuntime } from './dispatch/runtime.js';
import { Dispatch } from './dispatch/dispatch.js';
import { missingPayload, requireNamedSignal } from './invalid-reference.error.js';
import { Muting, type MuteFilter } from './registry/muting.js';
import { observed } from './observed-send.js';
import type {
  AnyReceiverOptions,
  DurableReceiverFunction,
  DurableReceiverOptions,
  ImmediateReceiverOptions,
  ReceiverFunction,
  ReceiverResult,
} from './receiver.js';
import { requireSignal, type Registration } from './registry/registration.js';
import { Registry } from './registry/registry.js';
import { depthLimit } from './dispatch/cycle-guard.js';
import { sendOf, takeSnapshot, type Send, type SendResults } from './send.js';
import type { SignalRoutes } from './registry/routes.js';
import { ADMIN, SignalsAdmin } from './signals-admin.js';
import { HOST, SignalsHost } from './signals-host.js';
import { SignalsClosedError } from './signals-closed.error.js';
import { SignalsNotConnectedError } from './signals-not-connected.error.js';
import type { SendOptions, SignalsOptions } from './signals-options.js';
import type { AnySignal, PayloadOf, Sender, SerializedPayloadOf } from './signal.js';
import { WorkInFlight } from './dispatch/work-in-flight.js';

const NO_RESULTS: SendResults = Promise.resolve(Object.freeze([]));

/**
 * The signals of one application: who is connected, and the sending. Two instances never hear each
 * other. Works without Nest and without a database; integrations add both.
 */
export class Signals {
  readonly #registry: Registry;
  readonly #runtime: DispatchRuntime;
  readonly #muting = new Muting();
  /** @internal */
  readonly [ADMIN]: SignalsAdmin;
  /** @internal */
  readonly [HOST]: SignalsHost;

  constructor(options: SignalsOptions = {}) {
    this.#registry = new Registry(options.strict ?? false);
    this.#runtime = {
      application: this,
      outsideTransaction: options.outsideTransaction ?? 'run',
      onError: options.onError ?? consoleErrorSink,
      deepest: depthLimit(options.depthLimit),
      inFlight: new WorkInFlight(),
      state: 'open',
      transactions: undefined,
      outbox: undefined,
    };
    this[ADMIN] = new SignalsAdmin(this.#registry, this.#runtime, this.#muting);
    this[HOST] = new SignalsHost(this.#registry, this.#runtime, this.#muting);
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
    return this.#registry.connection(signal, this.#registry.connect(signal, connected, options));
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

  #send(
    signal: AnySignal,
    payload: unknown,
    options: SendOptions | undefined,
    robust: boolean,
  ): SendResults {
    try {
      const send = sendOf(signal, payload, options, robust);
      return this.#runtime.state === 'open' ? this.#deliver(send) : this.#sendUnlessOpen(send);
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
    takeSnapshot(send, this.#runtime.transactions?.isEntity);
    if (observers.length > 0) return this.#deliverObserved(send, route, receivers);
    return new Dispatch(this.#runtime, send).run(route, receivers);
  }

  #deliverObserved(
    send: Send,
    route: readonly Registration[],
    receivers: SignalRoutes,
  ): SendResults {
    return observed(receivers.observers, send, () =>
      new Dispatch(this.#runtime, send).run(route, receivers),
    );
  }

  #sendUnlessOpen(send: Send): SendResults {
    if (this.#runtime.state === 'held') throw new SignalsNotConnectedError(send.signal);
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
    if (isDurable || (missed.length > 0 && this.#runtime.transactions?.find(manager))) {
      throw new SignalsClosedError(signal);
    }
    return [];
  }
}
