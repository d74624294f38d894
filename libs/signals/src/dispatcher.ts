import { report, type ErrorSink } from './callbacks.js';
import { reported, runOutsideTransaction } from './outside-transaction.js';
import { SendContext, type SendScope } from './receiver-context.js';
import { rememberFailure } from './receiver-failure.js';
import type { ReceiverResult } from './receiver.js';
import type { Registration } from './registration.js';
import type { AnySignal, Sender } from './signal.js';
import type {
  OutsideTransactionPolicy,
  Transaction,
  TransactionCallback,
  TransactionSource,
} from './transaction.js';
import { WorkInFlight } from './work-in-flight.js';

export interface DispatcherOptions {
  readonly outsideTransaction: OutsideTransactionPolicy;
  readonly onError: ErrorSink;
}

/** Runs the receivers of a send, each in its phase. */
export class Dispatcher {
  readonly inFlight = new WorkInFlight();
  readonly #options: DispatcherOptions;
  transactions: TransactionSource | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  async deliver(
    route: readonly Registration[],
    signal: AnySignal,
    sender: Sender | null,
    payload: unknown,
    manager: unknown,
    robust: boolean,
  ): Promise<readonly ReceiverResult[]> {
    const send = new Send(this, this.#options, signal, sender, manager);
    const results: ReceiverResult[] = [];
    freezeEnvelope(payload);
    this.inFlight.enter();
    try {
      for (const registration of route) {
        const { info, when } = registration;
        const forgiving = robust || info.robust;
        try {
          if (when && !when(payload)) continue;
          if (info.phase === 'inTransaction') {
            const outcome = forgiving
              ? this.#inSavepoint(registration, send, payload)
              : this.#inTransaction(registration, send, payload);
            const value = isThenable(outcome) ? await outcome : outcome;
            results.push({ receiver: info, status: 'fulfilled', value });
          } else {
            await this.#defer(registration, send, payload);
          }
        } catch (reason) {
          rememberFailure(reason, info);
          if (!forgiving) throw reason;
          report(this.#options.onError, reason, `${describe(registration, signal)} failed`);
          results.push({ receiver: info, status: 'rejected', reason });
        }
      }
      return results;
    } finally {
      this.inFlight.leave();
    }
  }

  /** What the receiver sends in turn finds the transaction, also one that was only named. */
  #inTransaction(registration: Registration, send: Send, payload: unknown): unknown {
    const context = new SendContext(send, registration.info, null);
    const { namedTransaction } = send;
    return namedTransaction
      ? namedTransaction.within(() => registration.invoke(payload, context))
      : registration.invoke(payload, context);
  }

  /** A failed statement of the receiver is undone without harm to the sender's transaction. */
  #inSavepoint(registration: Registration, send: Send, payload: unknown): unknown {
    const { transaction } = send;
    const { info } = registration;
    return transaction
      ? transaction.savepoint(async (inner) =>
          registration.invoke(payload, new SendContext(send, info, inner)),
        )
      : registration.invoke(payload, new SendContext(send, info, undefined));
  }

  #defer(registration: Registration, send: Send, payload: unknown): Promise<void> | undefined {
    const { info } = registration;
    const { onError, outsideTransaction } = this.#options;
    const what = describe(registration, send.signal);
    const run = this.tracked(() =>
      registration.invoke(payload, new SendContext(send, info, undefined)),
    );
    const { transaction } = send;
    if (info.phase === 'afterRollback') {
      transaction?.onRollback(reported(run, what, onError));
    } else if (transaction) {
      transaction.onCommit(reported(run, what, onError));
    } else {
      return runOutsideTransaction(run, what, outsideTransaction, onError);
    }
    return undefined;
  }

  /** Makes a shutdown wait for the callback once it has started. */
  tracked(callback: TransactionCallback): () => Promise<void> {
    return async () => {
      this.inFlight.enter();
      try {
        await callback();
      } finally {
        this.inFlight.leave();
      }
    };
  }
}

/** What the receivers of one send share. */
class Send implements SendScope {
  readonly #dispatcher: Dispatcher;
  readonly #options: DispatcherOptions;
  readonly #manager: unknown;
  #transaction: Transaction | undefined | null = null;

  constructor(
    dispatcher: Dispatcher,
    options: DispatcherOptions,
    readonly signal: AnySignal,
    readonly sender: Sender | null,
    manager: unknown,
  ) {
    this.#dispatcher = dispatcher;
    this.#options = options;
    this.#manager = manager;
  }

  get transaction(): Transaction | undefined {
    if (this.#transaction === null) {
      this.#transaction = this.#dispatcher.transactions?.find(this.#manager);
    }
    return this.#transaction;
  }

  /** The transaction, if the sender named it instead of leaving it to the context. */
  get namedTransaction(): Transaction | undefined {
    return this.#manager === undefined ? undefined : this.transaction;
  }

  get defaultManager(): unknown {
    return this.#manager ?? this.#dispatcher.transactions?.defaultManager;
  }

  runOutside(kind: 'commit' | 'rollback', callback: TransactionCallback, what: string): void {
    if (kind === 'rollback') return;
    void runOutsideTransaction(
      this.#dispatcher.tracked(callback),
      `A callback of receiver '${what}'`,
      this.#options.outsideTransaction,
      this.#options.onError,
    );
  }
}

/** Receivers share the envelope; objects of a class, such as entities, stay as they are. */
function freezeEnvelope(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return;
  if (Object.getPrototypeOf(payload) === Object.prototype) Object.freeze(payload);
}

function describe(registration: Registration, signal: AnySignal): string {
  return `Receiver '${registration.info.dispatchUid}' of '${signal.name}'`;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
