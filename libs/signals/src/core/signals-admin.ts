import type { DispatchRuntime } from './dispatch/runtime.js';
import { withinTime } from './dispatch/work-in-flight.js';
import type { SendObserver } from './observed-send.js';
import type { ReceiverInfo } from './receiver.js';
import type { Muting, MuteFilter } from './registry/muting.js';
import type { Registry } from './registry/registry.js';
import type { AnySignal, Sender } from './signal.js';
import type { Connection } from './signals-options.js';
import type { WorkUnderWay } from './transaction.js';

/** The same in all copies of the package, so that one may be handed the signals of another. */
export const ADMIN: unique symbol = Symbol.for('nestjs-signals.admin') as never;

/** The signals of an application, as tools, tests and frameworks see them. */
export function adminOf(signals: { readonly [ADMIN]: SignalsAdmin }): SignalsAdmin {
  return signals[ADMIN];
}

/** What is connected, what is sent and what is under way; and the end of it. See {@link adminOf}. */
export class SignalsAdmin {
  readonly #registry: Registry;
  readonly #runtime: DispatchRuntime;
  readonly #muting: Muting;

  constructor(registry: Registry, runtime: DispatchRuntime, muting: Muting) {
    this.#registry = registry;
    this.#runtime = runtime;
    this.#muting = muting;
  }

  /** All connected receivers. */
  list(): readonly ReceiverInfo[] {
    return this.#registry.list();
  }

  /** What each receiver waits for, bridges left out. For checks at start. */
  connections(): readonly Connection[] {
    return this.#registry.connections();
  }

  /** All signals that are registered or have had a receiver, whether or not anybody hears them. */
  signals(): readonly AnySignal[] {
    return this.#registry.signals();
  }

  /**
   * Makes signals known before anybody connects to them: they are listed, and their names taken.
   *
   * @throws ReceiverDeclarationError when another signal has such a name.
   */
  register(...signals: readonly AnySignal[]): void {
    for (const signal of signals) this.#registry.register(signal);
  }

  /** Whether anybody is connected whom a send concerns; costs a look-up. */
  hasReceivers(signal: AnySignal, sender: Sender | null): boolean {
    return this.#registry.receiversOf(signal).isHeard(sender);
  }

  /** Tells of every send of a signal, also of one that reaches no receiver. */
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

  /** Silences receivers whoever sends, in every context, until it is disposed. Nests. For tests. */
  silence(filter: MuteFilter): Disposable {
    return this.#muting.silence(filter);
  }

  /** What durable receivers have been told and have not done, in any process. */
  async outstanding(): Promise<readonly string[]> {
    return (await this.#runtime.outbox?.outstanding()) ?? [];
  }

  /**
   * What is not done: sends under way, deferred receivers that run, and transactions that have not
   * ended or whose callbacks run, without those that the caller is in.
   */
  underWay(): readonly WorkUnderWay[] {
    const { inFlight, transactions } = this.#runtime;
    const running = [...this.#registry.running(), ...inFlight.running()];
    const ended = running.length > 0 ? inFlight.ended() : Promise.resolve();
    return [...running.map((what) => ({ what, ended })), ...(transactions?.unfinished?.() ?? [])];
  }

  /**
   * For frameworks: as long as it is held, every send is refused with
   * {@link SignalsNotConnectedError}, whether or not anybody is to hear it.
   */
  hold(isHeld: boolean): void {
    if (this.#runtime.state !== 'closed') this.#runtime.state = isHeld ? 'held' : 'open';
  }

  /**
   * Silences the application for good, once sends, receivers and transactions that are under way have
   * ended. A send that comes later in an open transaction fails with {@link SignalsClosedError}.
   *
   * @param deadline how long to wait for it, in milliseconds.
   * @returns whether all of it ended in time.
   */
  async close(deadline = 10_000): Promise<boolean> {
    const end = performance.now() + deadline;
    await this.#runtime.inFlight.idle(deadline);
    await withinTime(this.underWay(), end - performance.now());
    this.#runtime.state = 'closed';
    return this.underWay().length === 0;
  }
}
