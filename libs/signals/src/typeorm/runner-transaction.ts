import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import {
  currentCause,
  runCallbacks,
  transactionChannel,
  TransactionEffects,
  type TransactionPlace,
  type TransactionTrace,
  type EffectOptions,
  type ErrorSink,
  type TransactionCallback,
} from '../index.js';
import { runAround, surroundingScope } from './ambient-transaction.js';
import { applicationsOf, attachedSignals } from './attached-signals.js';
import { intercepted, type InterceptedTransaction } from './commit-interception.js';
import { dataSourceOf } from './compatibility.js';
import { TransactionLevel } from './savepoint.js';
import {
  addUnfinished,
  removeUnfinished,
  type UnfinishedTransaction,
} from './unfinished-transactions.js';

/**
 * How a transaction ended. `unknown`: the connection was lost while COMMIT was under way, so
 * PostgreSQL may have committed; neither kind of callback runs.
 */
export type Outcome = 'committed' | 'rolledBack' | 'unknown';

/** The outermost transaction on a query runner, from its start to the last of its callbacks. */
export class RunnerTransaction
  extends TransactionLevel
  implements InterceptedTransaction, UnfinishedTransaction
{
  readonly #number = (begun += 1);
  readonly #effects: TransactionEffects;
  readonly #around = surroundingScope();
  /** A call of the library's waits for the end and runs the callbacks after it has released. */
  owned = false;
  #outcome: Outcome | undefined;
  #due: readonly TransactionCallback[] = [];
  #isFinished = false;
  #waiting: (() => void)[] = [];

  constructor(readonly queryRunner: QueryRunner) {
    super();
    this.#effects = new TransactionEffects(
      this.#number,
      attachedSignals(this.dataSource)[0]?.signals,
    );
    addUnfinished(this);
    this.#tell('begin');
  }

  get manager(): EntityManager {
    return this.queryRunner.manager;
  }

  get dataSource(): DataSource {
    return dataSourceOf(this.queryRunner);
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

  /** Runs `restore` as soon as what is done now is undone. */
  onUndo(restore: () => void): void {
    this.#effects.onUndo(restore);
  }

  /** Ends it; the first outcome stands. */
  settle(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#tell(outcome);
    this.#due = this.#end(outcome);
    if (this.#due.length === 0) this.#finish();
  }

  /** Runs what is due, once, inside the transactions that are open around this one. Never rejects. */
  runDue(sink: ErrorSink): Promise<void> | undefined {
    const due = this.#due;
    this.#due = [];
    if (due.length === 0) return undefined;
    const what = `A callback of a transaction that was ${this.#outcome} failed`;
    const around = this.#around;
    const callbacks = due.map((callback) => () => runAround(around, callback));
    return runCallbacks(callbacks, sink, what).finally(() => this.#finish());
  }

  pending(): readonly TransactionCallback[] {
    return this.#effects.pending();
  }

  get what(): string {
    if (this.#outcome !== undefined) {
      return `The callbacks of a transaction that was ${this.#outcome}`;
    }
    const waiting = this.pending().length;
    return `A transaction that is still open${waiting ? ` (callbacks that wait: ${waiting})` : ''}`;
  }

  get isAbandoned(): boolean {
    return this.#outcome === undefined && !this.isOpen;
  }

  get ended(): Promise<void> {
    return this.#isFinished
      ? Promise.resolve()
      : new Promise((resolve) => this.#waiting.push(resolve));
  }

  get place(): TransactionPlace {
    return { transaction: this.#number, depth: this.#effects.depth };
  }

  #end(outcome: Outcome): readonly TransactionCallback[] {
    if (outcome === 'committed') return this.#effects.commit();
    if (outcome === 'rolledBack') return this.#effects.rollback();
    this.#effects.abandon();
    return [];
  }

  protected register(callback: TransactionCallback, options: EffectOptions = {}): void {
    this.#effects.onCommit(intercepted(callback, options, this), options);
  }

  protected registerRollback(callback: TransactionCallback): void {
    this.#effects.onRollback(callback);
  }

  #finish(): void {
    this.#isFinished = true;
    removeUnfinished(this);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #tell(event: TransactionTrace['event'], savepoint?: string): void {
    if (!transactionChannel.hasSubscribers) return;
    const told = { event, transaction: this.#number, savepoint, cause: currentCause() };
    for (const application of applicationsOf(this.dataSource)) {
      transactionChannel.publish({ ...told, application } satisfies TransactionTrace);
    }
  }
}

/** How many transactions have begun in this process. */
let begun = 0;

/** On the runner itself: a weak map of keys that live so short keeps the garbage collector busy. */
const TRANSACTION = Symbol('nestjs-signals.transaction');

type WatchedRunner = QueryRunner & { [TRANSACTION]?: RunnerTransaction };

/** The latest transaction of a query runner; runners are never pooled, connections are. */
export function transactionOf(queryRunner: QueryRunner): RunnerTransaction | undefined {
  return (queryRunner as WatchedRunner)[TRANSACTION];
}

export function beginTransaction(queryRunner: QueryRunner): RunnerTransaction {
  const transaction = new RunnerTransaction(queryRunner);
  (queryRunner as WatchedRunner)[TRANSACTION] = transaction;
  return transaction;
}
