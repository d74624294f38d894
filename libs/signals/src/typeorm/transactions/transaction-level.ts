import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import {
  TransactionEndedError,
  type CallbackOptions,
  type TransactionCallback,
} from '../../core/index.js';
import type { TransactionPlace } from '../../integration/index.js';
import { enterTransaction } from './ambient-transaction.js';
import { ambient } from './ambient-store.js';
import type { OpenTransaction } from './open-transaction.js';
import { patiently } from '../patience.js';
import { othersEnded } from './transaction-calls.js';

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
  protected abstract register(callback: TransactionCallback, options?: CallbackOptions): void;
  protected abstract registerRollback(callback: TransactionCallback): void;

  get defaultManager(): EntityManager {
    return this.dataSource.manager;
  }

  onCommit(callback: TransactionCallback, options?: CallbackOptions): void {
    if (!this.isOpen) throw new TransactionEndedError('A callback to run on commit');
    this.register(callback, options);
  }

  onRollback(callback: TransactionCallback): void {
    if (!this.isOpen) throw new TransactionEndedError('A callback to run on rollback');
    this.registerRollback(callback);
  }

  async savepoint<T>(work: (inner: OpenTransaction) => Promise<T>): Promise<T> {
    this.#refuseSavepoint();
    const others = () => othersEnded(this.manager.queryRunner);
    for (let ended = others(); ended; ended = others()) {
      await ended;
      this.#refuseSavepoint();
    }
    const inner = new Savepoint(this);
    this.#inner = inner;
    try {
      return await inner.within(() => divided(this.manager, () => inner.run(work)));
    } finally {
      this.#inner = undefined;
      inner.close();
    }
  }

  #refuseSavepoint(): void {
    if (!this.isOpen) throw new TransactionEndedError('A savepoint');
    if (this.#inner) throw new ParallelSavepointError();
  }

  /**
   * Settles when the calling context may send a statement; undefined when it may at once. Whoever is
   * not in an inner level that is open waits for its end.
   *
   * @throws BlockedStatementError
   */
  admit(): Promise<void> | undefined {
    const inner = this.#inner;
    if (!inner) return undefined;
    return isWithin(inner) ? inner.admit() : this.#admitAfter(inner);
  }

  async #admitAfter(inner: Savepoint): Promise<void> {
    await patiently(inner.ended);
    await this.admit();
  }

  within<T>(work: () => T): T {
    return enterTransaction(this, work);
  }
}

/**
 * TypeORM's own savepoint. In a transaction that a statement began TypeORM would take it for the
 * outermost level, and its end for that of the transaction.
 */
function divided<T>(manager: EntityManager, work: () => Promise<T>): Promise<T> {
  const { queryRunner } = manager;
  return queryRunner && !queryRunner.isTransactionActive
    ? dividedByStatements(queryRunner, work)
    : manager.transaction(work);
}

let divisions = 0;

async function dividedByStatements<T>(
  queryRunner: QueryRunner,
  work: () => Promise<T>,
): Promise<T> {
  const name = `nestjs_signals_${(divisions += 1)}`;
  await queryRunner.query(`SAVEPOINT ${name}`);
  try {
    const result = await work();
    await queryRunner.query(`RELEASE SAVEPOINT ${name}`);
    return result;
  } catch (error) {
    // Throws the first error, as TypeORM does, whatever becomes of the rollback.
    await queryRunner.query(`ROLLBACK TO SAVEPOINT ${name}`).catch(() => {});
    throw error;
  }
}

function isWithin(level: Savepoint): boolean {
  let { scope } = ambient();
  while (scope && scope.transaction !== level) scope = scope.outer;
  return scope !== undefined;
}

/** A savepoint that the library opened. Its effects live in the log of the whole transaction. */
export class Savepoint extends TransactionLevel {
  readonly #outer: OpenTransaction;
  readonly #waiting: (() => void)[] = [];
  #hasBegun = false;
  #closed = false;
  #isUndone = false;

  constructor(outer: OpenTransaction) {
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

  /** For who asks before: settled when its RELEASE or ROLLBACK has been answered. */
  get ended(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** It is set, and its work is under way or was. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Its work has failed, so it is rolled back, or has been. */
  get isUndone(): boolean {
    return this.#isUndone;
  }

  async run<T>(work: (inner: Savepoint) => Promise<T>): Promise<T> {
    this.#hasBegun = true;
    try {
      return await work(this);
    } catch (error) {
      this.#isUndone = true;
      this.#closed = true;
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  protected register(callback: TransactionCallback, options?: CallbackOptions): void {
    this.#outer.onCommit(callback, options);
  }

  protected registerRollback(callback: TransactionCallback): void {
    this.#outer.onRollback(callback);
  }
}

/** One that TypeORM opens, for `manager.transaction`. It holds nobody up that works beside it. */
export class NestedTransaction extends Savepoint {
  readonly #outer: OpenTransaction;

  constructor(outer: OpenTransaction) {
    super(outer);
    this.#outer = outer;
  }

  override async savepoint<T>(work: (inner: OpenTransaction) => Promise<T>): Promise<T> {
    if (!this.isOpen) throw new TransactionEndedError('A savepoint');
    return this.#outer.savepoint(work);
  }
}
