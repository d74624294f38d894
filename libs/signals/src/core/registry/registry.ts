import type { IncomingDelivery } from '../outbox/outbox.js';
import { targetOf } from '../outbox/delivery-target.js';
import { requireNamedSignal } from '../invalid-reference.error.js';
import type { AnyReceiverOptions, ReceiverFunction, ReceiverInfo } from '../receiver.js';
import { ReceiverDeclarationError } from '../receiver-declaration.error.js';
import { besideNamesakes, declareReceiver, type Registration } from './registration.js';
import { SignalRoutes } from './routes.js';
import type { AnySignal } from '../signal.js';
import type { Connection } from '../signals-options.js';

/** Thrown when a second, different function is connected under an id that is taken. */
export class DuplicateReceiverError extends Error {
  override readonly name = 'DuplicateReceiverError';
}

/** The receivers of one application, by signal. */
export class Registry {
  readonly #strict: boolean;
  readonly #names = new Map<string, AnySignal>();
  readonly #signals = new Map<AnySignal, SignalRoutes>();
  readonly #everywhere = new SignalRoutes();

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /**
   * Connects a receiver, of every domain signal when none is named. Answers the registration that
   * now stands, which is an earlier one when this is a repetition.
   */
  connect(
    signal: AnySignal | undefined,
    receiver: ReceiverFunction<never>,
    options: AnyReceiverOptions,
  ): Registration {
    const declared = declareReceiver(signal, receiver, options, this.#strict);
    const receivers = signal ? this.receiversOf(signal) : this.#everywhere;
    if (signal) this.register(signal);
    const standing = receivers.registrations.find(
      (other) => other.sender === declared.sender && other.identity === declared.identity,
    );
    if (standing) return repeated(standing, receiver);
    const registration = besideNamesakes(declared, receivers.registrations);
    receivers.add(registration);
    if (!signal) for (const known of this.#signals.values()) known.forgetRoutes();
    return registration;
  }

  /** What disconnects exactly this receiver. */
  connection(signal: AnySignal | undefined, registration: Registration): Disposable {
    return {
      [Symbol.dispose]: () => {
        this.disconnect(signal, (other) => other === registration);
      },
    };
  }

  /** Answers whether there was anything to remove. */
  disconnect(
    signal: AnySignal | undefined,
    matches: (registration: Registration) => boolean,
  ): boolean {
    const receivers = signal ? this.#signals.get(signal) : this.#everywhere;
    const removed = receivers?.remove(matches) ?? false;
    if (removed && !signal) for (const known of this.#signals.values()) known.forgetRoutes();
    return removed;
  }

  /** @throws InvalidReferenceError */
  receiversOf(signal: AnySignal): SignalRoutes {
    let receivers = this.#signals.get(signal);
    if (!receivers) {
      requireNamedSignal(signal);
      receivers = new SignalRoutes(signal.category === 'domain' ? this.#everywhere : undefined);
      this.#signals.set(signal, receivers);
    }
    return receivers;
  }

  registrations(): readonly Registration[] {
    return [...this.#signals.values(), this.#everywhere].flatMap(
      ({ registrations }) => registrations,
    );
  }

  connections(): readonly Connection[] {
    return this.registrations().flatMap(({ signal, sender, info, when }) =>
      signal ? [{ signal, sender, receiver: info, when }] : [],
    );
  }

  /**
   * The durable receiver that a delivery belongs to.
   *
   * @throws UnknownReceiverError
   */
  targetOf(incoming: IncomingDelivery): Registration {
    return targetOf(incoming, this.registrations());
  }

  list(): readonly ReceiverInfo[] {
    return this.registrations().map(({ info }) => info);
  }

  /** The signals that are being sent at this moment, each with the receivers that may be running. */
  running(): readonly string[] {
    return [...this.#signals]
      .filter(([, { running }]) => running > 0)
      .map(([{ name }, { registrations }]) => {
        const awaited = registrations.filter(({ info }) => info.phase === 'inTransaction');
        const uids = awaited.map(({ info }) => `'${info.dispatchUid}'`).join(', ');
        return `A send of '${name}'${uids && ` to ${uids}`}`;
      });
  }

  signals(): readonly AnySignal[] {
    return [...this.#names.values()];
  }

  /** Takes the name of a signal for it. */
  register(signal: AnySignal): void {
    const named = this.#names.get(signal.name);
    if (named && named !== signal) {
      throw new ReceiverDeclarationError(
        `Two different signals are named '${signal.name}'. Define it once and share the value.`,
      );
    }
    this.#names.set(signal.name, signal);
  }
}

function repeated(standing: Registration, receiver: ReceiverFunction<never>): Registration {
  if (standing.source === receiver) return standing;
  const { signal, sender, dispatchUid, owner, location } = standing.info;
  throw new DuplicateReceiverError(
    `The dispatchUid '${dispatchUid}' is taken for '${signal}' of ${sender} by ` +
      `${owner ?? 'another function'}${location ? ` (${location})` : ''}. Choose another one.`,
  );
}
