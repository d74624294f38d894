import { joinedSource } from './callbacks/transaction-sources.js';
import type { DispatchRuntime } from './dispatch/runtime.js';
import { durableIds } from './dispatch/send-refusal.js';
import {
  DurableOutsideTransactionError,
  type IncomingDelivery,
  type Outbox,
} from './outbox/outbox.js';
import { receiveDelivery } from './outbox/receive-delivery.js';
import type { ReceiverFunction, ReceiverOptions } from './receiver.js';
import type { Muting } from './registry/muting.js';
import type { Registry } from './registry/registry.js';
import type { AnySignal, Sender } from './signal.js';
import { SignalsClosedError } from './signals-closed.error.js';
import type { OutsideTransactionPolicy, TransactionSource } from './transaction.js';

/** The same in all copies of the package, so that one may be handed the signals of another. */
export const HOST: unique symbol = Symbol.for('nestjs-signals.host') as never;

/** The signals of an application, as integrations extend them. */
export function hostOf(signals: { readonly [HOST]: SignalsHost }): SignalsHost {
  return signals[HOST];
}

/** Where integrations add transactions, an outbox and bridges. See {@link hostOf}. */
export class SignalsHost {
  readonly #registry: Registry;
  readonly #runtime: DispatchRuntime;
  readonly #muting: Muting;
  #sources: readonly TransactionSource[] = [];

  constructor(registry: Registry, runtime: DispatchRuntime, muting: Muting) {
    this.#registry = registry;
    this.#runtime = runtime;
    this.#muting = muting;
  }

  /** What this application does with after-commit work without a transaction. */
  get outsideTransaction(): OutsideTransactionPolicy {
    return this.#runtime.outsideTransaction;
  }

  /** Connects a receiver to every domain signal, also to those defined later. For bridges. */
  connectToAll(receiver: ReceiverFunction<unknown>, options: ReceiverOptions = {}): Disposable {
    const registration = this.#registry.connect(undefined, receiver, options);
    return this.#registry.connection(undefined, registration);
  }

  /** Where the transactions of senders are found. */
  useTransactions(source: TransactionSource): Disposable {
    this.#useSources([...this.#sources, source]);
    return {
      [Symbol.dispose]: () => this.#useSources(this.#sources.filter((other) => other !== source)),
    };
  }

  /** Where durable deliveries are written. */
  useOutbox(outbox: Outbox): Disposable {
    this.#runtime.outbox = outbox;
    return {
      [Symbol.dispose]: () => {
        if (this.#runtime.outbox === outbox) this.#runtime.outbox = undefined;
      },
    };
  }

  /**
   * Hands a delivery that a worker has taken to its receiver.
   *
   * @param manager names the transaction that the receiver works in, or what it works with instead.
   * @returns what the receiver returned.
   * @throws what the receiver throws; UnknownReceiverError; SignalsClosedError.
   */
  async receive(incoming: IncomingDelivery, manager: unknown): Promise<unknown> {
    const registration = this.#registry.targetOf(incoming);
    if (this.#runtime.state === 'closed') {
      throw new SignalsClosedError(registration.signal as AnySignal);
    }
    return receiveDelivery(this.#runtime, registration, incoming, manager);
  }

  /**
   * For who sends about something that it does itself: refuses it before it is done, where the send
   * would have to be refused after it.
   *
   * @throws DurableOutsideTransactionError, or what the transaction says when it has ended.
   */
  refuseOutsideTransaction(signal: AnySignal, sender: Sender | null, manager: unknown): void {
    const durable = this.#registry
      .receiversOf(signal)
      .route(sender)
      .filter(({ info }) => info.phase === 'durable');
    if (durable.length === 0 || this.#runtime.transactions?.find(manager)) return;
    const audible = this.#muting.audible(durable, { signal, sender });
    if (audible.length > 0) throw new DurableOutsideTransactionError(signal, durableIds(audible));
  }

  /** Wraps work so that closing waits for it, and tools tell of it. */
  tracked<T>(work: () => T | Promise<T>, what: string): () => Promise<T> {
    return this.#runtime.inFlight.tracked(work, what);
  }

  #useSources(sources: readonly TransactionSource[]): void {
    this.#sources = sources;
    this.#runtime.transactions = joinedSource(sources);
  }
}
