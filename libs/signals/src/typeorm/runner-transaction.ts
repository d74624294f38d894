import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import {
  currentCause,
  runCallbacks,
  transactionChannel,
  TransactionEffects,
  type TransactionTrace,
  type EffectOptions,
  type ErrorSink,
  type TransactionCallback,
} from '../index.js';
import { outsideTransactions } from './ambient-transaction.js';
import { TransactionLevel } from './savepoint.js';

/**
 * How a transaction ended. `unknown`: the connection was lost while COMMIT was under way, so
 * PostgreSQL may have committed; neither kind of callback runs.
 */
export type Outcome = 'committed' | 'rolledBack' | 'unknown';

/** The outermost transaction on a query runner, from its start to the last of its callbacks. */
export class RunnerTransaction extends TransactionLevel {
  readonly #effects = new TransactionEffects();
  readonly #number = (begun += 1);
  /** A call of the library's waits for the end and runs the callbacks after it has released. */
  owned = false;
  #outcome: Outcome | undefined;
  #due: readonly TransactionCallback[] = [];

  constructor(readonly queryRunner: QueryRunner) {
    super();
    this.#tell('begin');
  }

  get manager(): EntityManager {
    return this.queryRunner.manager;
  }

  get dataSource(): DataSource {
    return this.queryRunner.dataSource;
  }

  get isOpen(): boolean {
    return this.#outcome === undefined && !this.queryRunner.isReleased;
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** A savepoint was set. */
  divide(savepoint: string): void {
    this.#effects.savepoint(savepoint);
    this.#tell('savepoint', savepoint);
  }

  release(savepoint: string): void {
    this.#effects.release(savepoint);
    this.#tell('release', savepoint);
  }

  rollbackTo(savepoint: string): void {
    this.#effects.rollbackTo(savepoint);
    this.#tell('rollbackTo', savepoint);
  }

  /** Ends it; the first outcome stands. */
  settle(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    const committed = outcome === 'rolledBack' ? this.#effects.rollback() : this.#effects.commit();
    this.#due = outcome === 'unknown' ? [] : committed;
    this.#tell(outcome);
  }

  /** Runs what is due, once, where no transaction is ambient. Never rejects. */
  runDue(sink: ErrorSink): Promise<void> | undefined {
    const due = this.#due;
    this.#due = [];
    if (due.length === 0) return undefined;
    const what = `A callback of a transaction that was ${this.#outcome} failed`;
    return outsideTransactions(() => runCallbacks(due, sink, what));
  }

  protected register(callback: TransactionCallback, options?: EffectOptions): void {
    this.#effects.onCommit(callback, options);
  }

  protected registerRollback(callback: TransactionCallback): void {
    this.#effects.onRollback(callback);
  }

  #tell(event: TransactionTrace['event'], savepoint?: string): void {
    if (!transactionChannel.hasSubscribers) return;
    const trace: TransactionTrace = {
      event,
      transaction: this.#number,
      savepoint,
      cause: currentCause(),
    };
    transactionChannel.publish(trace);
  }
}

/** How many transactions have begun in this process. */
let begun = 0;

const transactions = new WeakMap<QueryRunner, RunnerTransaction>();

/** The latest transaction of a query runner; runners are never pooled, connections are. */
export function transactionOf(queryRunner: QueryRunner): RunnerTransaction | undefined {
  return transactions.get(queryRunner);
}

export function beginTransaction(queryRunner: QueryRunner): RunnerTransaction {
  const transaction = new RunnerTransaction(queryRunner);
  transactions.set(queryRunner, transaction);
  return transaction;
}
