import {
  adminOf,
  type AnySignal,
  type PayloadOf,
  type ReceiverResult,
  type Sender,
  type Signals,
} from '../core/index.js';
import { nameOfSender } from '../integration/index.js';
import { PATIENCE, withPatience, type PatienceOptions } from './patience.js';

/** What became of a send. `results` has one record for each receiver that ran. */
export type SendOutcome =
  | { readonly status: 'running' }
  | { readonly status: 'fulfilled'; readonly results: readonly ReceiverResult[] }
  | { readonly status: 'rejected'; readonly reason: unknown };

/** One send that a spy has seen. */
export interface RecordedSend<P> {
  readonly payload: P;
  readonly sender: Sender | null;
  /** Sent by `sendRobust`. */
  readonly robust: boolean;
  /** Final once the send has returned to the sender. */
  readonly outcome: SendOutcome;
}

export interface SpyOptions<E> {
  /** Records only what this sender sends. Default: every sender. */
  readonly sender?: Sender<E>;
}

/** Thrown by `spy.next()` when the signal is not sent in time, or the spy is disposed before. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** See {@link spyOn}. */
export class SignalSpy<P> implements Disposable {
  readonly #sends: RecordedSend<P>[] = [];
  readonly #subject: string;
  readonly #observing: Disposable;
  #waiting: PromiseWithResolvers<RecordedSend<P>>[] = [];

  constructor(signals: Signals, signal: AnySignal, only: Sender | undefined) {
    this.#subject = `'${signal.name}'${only === undefined ? '' : ` of ${nameOfSender(only)}`}`;
    this.#observing = adminOf(signals).observe(signal, ({ sender, payload, robust }) => {
      if (only !== undefined && only !== sender) return () => {};
      return this.#record({ sender, payload: payload as P, robust });
    });
  }

  /** What has been sent since the spy began, in the order in which the sends began. */
  get sends(): readonly RecordedSend<P>[] {
    return this.#sends;
  }

  /** The payloads of {@link sends}. */
  get payloads(): readonly P[] {
    return this.#sends.map(({ payload }) => payload);
  }

  /**
   * Resolves to the next send that begins after this call, once it has ended, whatever its outcome.
   * Ask before you act: `const next = spy.next(); await act(); await next;`.
   *
   * @throws NotSentError
   */
  next(options: PatienceOptions = {}): Promise<RecordedSend<P>> {
    const { timeout = PATIENCE } = options;
    const waiting = withResolvers<RecordedSend<P>>();
    this.#waiting.push(waiting);
    const next = withPatience(waiting.promise, timeout, () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      return new NotSentError(`${this.#subject} was not sent, or did not end, in ${timeout} ms.`);
    });
    // A test that fails before it awaits this fails for its own reason alone.
    next.catch(() => {});
    return next;
  }

  [Symbol.dispose](): void {
    this.#observing[Symbol.dispose]();
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new NotSentError(`${this.#subject} was not sent before its spy was disposed.`));
    }
  }

  #record(
    seen: Omit<RecordedSend<P>, 'outcome'>,
  ): (results: Promise<readonly ReceiverResult[]>) => void {
    const send: { outcome: SendOutcome } & RecordedSend<P> = {
      ...seen,
      outcome: { status: 'running' },
    };
    this.#sends.push(send);
    const waiting = this.#waiting.splice(0);
    const end = (outcome: SendOutcome): void => {
      send.outcome = outcome;
      for (const { resolve } of waiting) resolve(send);
    };
    return (sent) => {
      sent.then(
        (results) => end({ status: 'fulfilled', results }),
        (reason: unknown) => end({ status: 'rejected', reason }),
      );
    };
  }
}

/**
 * Records what is sent until it is disposed. Connects no receiver: what is sent, to whom, in which
 * order and with which results stays as it is, and a send that nobody receives is recorded too.
 *
 * ```ts
 * using paid = spyOn(signals, orderPaid);
 * await orders.pay(id);
 * expect(paid.payloads).toEqual([{ orderId: id, total: 1200 }]);
 * ```
 */
export function spyOn<S extends AnySignal, E>(
  signals: Signals,
  signal: S,
  options: SpyOptions<E> = {},
): SignalSpy<PayloadOf<S, E>> {
  return new SignalSpy(signals, signal, options.sender);
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** `Promise.withResolvers`, which Node 20 has not. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
