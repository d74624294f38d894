import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource } from 'typeorm';
import { originOf } from '../core/callbacks/callback-origin.js';
import type { CallbackOptions, TransactionCallback } from '../core/index.js';
import {
  interceptCommits,
  type InterceptedTransaction,
} from '../typeorm/transactions/commit-interception.js';
import { callSite } from '../core/diagnostics/call-site.js';

/** A callback that was held back, with what is needed to run it as its commit would have. */
export interface HeldCallback {
  readonly callback: TransactionCallback;
  readonly dedupeKey: string | undefined;
  readonly registeredBy: string | undefined;
  /** What the transaction was given; it reports its own failure when it has an origin. */
  readonly registered: TransactionCallback;
  readonly transaction: InterceptedTransaction;
  /** Runs work in the context in which the callback was registered. */
  readonly context: ReturnType<typeof AsyncLocalStorage.snapshot>;
}

const here = new AsyncLocalStorage<Capture>();
/** Captures that also reach what runs in no context of theirs, such as request handlers. */
const everywhere: Capture[] = [];

/**
 * Takes the place of callbacks while work runs. What it puts into a transaction answers to commits
 * and rollbacks like the callback itself, so savepoints, keys and order are those of production;
 * when its time comes it only notes that it would have run.
 */
export class Capture {
  readonly #held = new Map<TransactionCallback, HeldCallback>();
  readonly #due: HeldCallback[] = [];
  readonly #fits: (transaction: InterceptedTransaction) => boolean;
  readonly #outer: Capture | undefined;
  #active = true;

  constructor(fits: (transaction: InterceptedTransaction) => boolean, outer?: Capture) {
    this.#fits = fits;
    this.#outer = outer;
  }

  /** The innermost capture of the calling context. */
  static current(): Capture | undefined {
    return here.getStore();
  }

  /** Runs work under the capture; `reach` tells whether it also reaches work of no context. */
  async during<T>(reach: 'everywhere' | 'context', work: () => T | Promise<T>): Promise<T> {
    using _interception = interceptCommits((callback, options, transaction) =>
      typeof callback === 'function' && captureFor(transaction) === this
        ? this.#hold(callback, options, transaction)
        : callback,
    );
    if (reach === 'everywhere') everywhere.push(this);
    try {
      return await here.run(this, async () => work());
    } finally {
      this.#active = false;
      if (reach === 'everywhere') everywhere.splice(everywhere.indexOf(this), 1);
    }
  }

  /** Hands over, once, what committed and what still waits in open transactions, in this order. */
  take(): readonly HeldCallback[] {
    const open = new Set([...this.#held.values()].map(({ transaction }) => transaction));
    for (const transaction of open) {
      if (!transaction.isOpen) continue;
      for (const placeholder of transaction.pending()) this.#note(placeholder);
    }
    return this.#due.splice(0);
  }

  #hold(
    registered: TransactionCallback,
    { dedupeKey }: CallbackOptions,
    transaction: InterceptedTransaction,
  ): TransactionCallback {
    const origin = originOf(registered);
    const placeholder: TransactionCallback = () => {
      // A transaction that ended after the capture, and with nobody to hand its callback to.
      if (!this.#active && this.#held.has(placeholder)) return registered();
      this.#note(placeholder);
      return undefined;
    };
    this.#held.set(placeholder, {
      callback: origin?.work ?? registered,
      dedupeKey,
      registeredBy: origin?.what ?? callSite(),
      registered,
      transaction,
      context: AsyncLocalStorage.snapshot(),
    });
    return placeholder;
  }

  #note(placeholder: TransactionCallback): void {
    const held = this.#held.get(placeholder);
    if (!held) return;
    this.#held.delete(placeholder);
    this.#due.push(held);
  }

  get isActive(): boolean {
    return this.#active;
  }

  get outer(): Capture | undefined {
    return this.#outer;
  }

  holds(transaction: InterceptedTransaction): boolean {
    return this.#active && this.#fits(transaction);
  }
}

/** The one capture that gets what is registered in a transaction at this place. */
function captureFor(transaction: InterceptedTransaction): Capture | undefined {
  const inner = [...chain(here.getStore())];
  const reached = inner.some(({ isActive }) => isActive) ? inner : [...chain(everywhere.at(-1))];
  return reached.find((capture) => capture.holds(transaction));
}

function* chain(innermost: Capture | undefined): Generator<Capture> {
  for (let capture = innermost; capture; capture = capture.outer) yield capture;
}

/** For captures of one data source. */
export function ofDataSource(
  dataSource: DataSource | undefined,
): (transaction: InterceptedTransaction) => boolean {
  return (transaction) => dataSource === undefined || transaction.dataSource === dataSource;
}
