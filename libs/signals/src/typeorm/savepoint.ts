import type { DataSource, EntityManager } from 'typeorm';
import {
  TransactionEndedError,
  type EffectOptions,
  type TransactionCallback,
  type TransactionPlace,
} from '../index.js';
import { withinTransaction } from './ambient-transaction.js';
import type { OpenTransaction } from './open-transaction.js';

/**
 * Thrown when two savepoints of one transaction are opened at the same time, as by `Promise.all`
 * over `atomic`: on one connection the second would be inside the first and be undone with it.
 */
export class ParallelSavepointError extends Error {
  override readonly name = 'ParallelSavepointError';

  constructor() {
    super(
      'A savepoint was opened while another one of the same transaction is open. Await them one ' +
        'after the other instead of in parallel.',
    );
  }
}

/** A level of a transaction: what the levels below the outermost and the outermost have in common. */
export abstract class TransactionLevel implements OpenTransaction {
  #inner: Savepoint | undefined;

  abstract readonly manager: EntityManager;
  abstract readonly dataSource: DataSource;
  abstract readonly isOpen: boolean;
  abstract readonly place: TransactionPlace;
  protected abstract register(callback: TransactionCallback, options?: EffectOptions): void;
  protected abstract registerRollback(callback: TransactionCallback): void;

  get defaultManager(): EntityManager {
    return this.dataSource.manager;
  }

  onCommit(callback: TransactionCallback, options?: EffectOptions): void {
    if (!this.isOpen) throw new TransactionEndedError('A callback to run on commit');
    this.register(callback, options);
  }

  onRollback(callback: TransactionCallback): void {
    if (!this.isOpen) throw new TransactionEndedError('A callback to run on rollback');
    this.registerRollback(callback);
  }

  async savepoint<T>(work: (inner: OpenTransaction) => Promise<T>): Promise<T> {
    if (!this.isOpen) throw new TransactionEndedError('A savepoint');
    if (this.#inner) throw new ParallelSavepointError();
    const inner = new Savepoint(this);
    this.#inner = inner;
    try {
      return await this.manager.transaction(() => inner.within(() => work(inner)));
    } finally {
      inner.close();
      this.#inner = undefined;
    }
  }

  within<T>(work: () => T): T {
    return withinTransaction(this, work);
  }
}

/** A savepoint that the library opened. Its effects live in the log of the whole transaction. */
export class Savepoint extends TransactionLevel {
  readonly #outer: TransactionLevel;
  #closed = false;

  constructor(outer: TransactionLevel) {
    super();
    this.#outer = outer;
  }

  get manager(): EntityManager {
    return this.#outer.manager;
  }

  get dataSource(): DataSource {
    return this.#outer.dataSource;
  }

  get place(): TransactionPlace {
    return this.#outer.place;
  }

  get isOpen(): boolean {
    return !this.#closed && this.#outer.isOpen;
  }

  close(): void {
    this.#closed = true;
  }

  protected register(callback: TransactionCallback, options?: EffectOptions): void {
    this.#outer.onCommit(callback, options);
  }

  protected registerRollback(callback: TransactionCallback): void {
    this.#outer.onRollback(callback);
  }
}
