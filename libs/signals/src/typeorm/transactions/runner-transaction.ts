import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { CallbackOptions, ErrorSink, TransactionCallback } from '../../core/index.js';
import { runCallbacks, CallbackLog, type TransactionPlace } from '../../integration/index.js';
import {
  currentCause,
  transactionChannel,
  type TransactionTrace,
} from '../../diagnostics/index.js';
import { stillAround } from './ambient-transaction.js';
import { ambient, surrounded, type Ambient } from './ambient-store.js';
import { applicationsOf, attachedSignals } from '../attached-signals.js';
import { intercepted, type InterceptedTransaction } from './commit-interception.js';
import { dataSourceOf } from '../internals.js';
import { callbacksOf, followRelease } from './runner-callbacks.js';
import { runCallback } from './running-callback.js';
import { TransactionLevel } from './transaction-level.js';
import {
  addUnfinished,
  removeUnfinished,
  type UnfinishedTransaction,
} from './unfinished-transactions.js';

/**
 * How a transaction ended. `unknown`: the connection was lost while COMMIT was under way, so
 * PostgreSQL may have committed, or the statement that ended it was not understood, or its connection
 * was released without an end; neither kind of callback runs.
 */
export type Outcome = 'committed' | 'rolledBack' | 'unknown';

/** Who follows the transactions of a data source, and is told of callbacks that fail. */
export interface Watcher {
  readonly onError: ErrorSink;
}

/** How a transaction begins. */
export interface Beginning {
  readonly watcher: Watcher;
  /** What the call that begins it is in. */
  readonly around: Ambient;
  readonly isWaitedFor: boolean;
  /** It had begun before it was watched. */
  readonly isAdopted?: boolean;
}

/** The outermost transaction on a query runner, from its start to the last of its callbacks. */
export class RunnerTransaction
  extends TransactionLevel
  implements InterceptedTransaction, UnfinishedTransaction
{
  readonly #number = (begun += 1);
  readonly #effects: CallbackLog;
  readonly #around: Ambient;
  readonly #watcher: Watcher;
  readonly #isAdopted: boolean;
  /** A call waits for its end, and runs the callbacks once it has released the connection. */
  isWaitedFor: boolean;
  #outcome: Outcome | undefined;
  #due: readonly TransactionCallback[] = [];
  #isFinished = false;
  #waiting: (() => void)[] = [];

  constructor(
    readonly queryRunner: QueryRunner,
    { watcher, around, isWaitedFor, isAdopted = false }: Beginning,
  ) {
    super();
    this.#watcher = watcher;
    this.#around = around;
    this.isWaitedFor = isWaitedFor;
    this.#isAdopted = isAdopted;
    this.#effects = new CallbackLog(
      this.#number,
      attachedSignals(this.dataSource)[0]?.signals,
      (callback) => runCallback(callbacksOf(queryRunner), stillAround(this.#around), callback),
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
  savepointSet(savepoint: string): void {
    this.#effects.savepoint(savepoint);
    this.#tell('savepoint', savepoint);
  }

  release(savepoint: string): void {
    this.#effects.release(savepoint);
    this.#tell('release', savepoint);
  }

  rollbackTo(savepoint: string): void {
    if (this.#isAdopted && !this.#effects.knows(savepoint)) this.#effects.undoAll();
    else this.#effects.rollbackTo(savepoint);
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
    else if (!this.isWaitedFor) callbacksOf(this.queryRunner).add(() => this.runDue());
  }

  /** Lets its callbacks run, unless a call waits to run them. */
  runSoon(): void {
    if (!this.isWaitedFor) callbacksOf(this.queryRunner).runSoon();
  }

  /** Begins the next one in its place: AND CHAIN. */
  followedBy(isWaitedFor: boolean): RunnerTransaction {
    const beginning = { watcher: this.#watcher, around: this.#around, isWaitedFor };
    return beginTransaction(this.queryRunner, beginning);
  }

  /** Runs what is due, once, inside the transactions that are open around this one. Never rejects. */
  runDue(): Promise<void> | undefined {
    const due = this.#due;
    this.#due = [];
    if (due.length === 0) return undefined;
    const what = `A callback of a transaction that was ${this.#outcome} failed`;
    return runCallbacks(due, this.#watcher.onError, what).finally(() => this.#finish());
  }

  /** Runs work as its callbacks run: inside what is open around it, or in itself while it is open. */
  besides<T>(work: () => T): T {
    return surrounded(stillAround(this.isOpen ? ambient() : this.#around), work);
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

  protected register(callback: TransactionCallback, options: CallbackOptions = {}): void {
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

export function beginTransaction(
  queryRunner: QueryRunner,
  beginning: Beginning,
): RunnerTransaction {
  const transaction = new RunnerTransaction(queryRunner, beginning);
  (queryRunner as WatchedRunner)[TRANSACTION] = transaction;
  // Released without an end: PostgreSQL has rolled it back with the connection that was lost, or
  // TypeORM hands it to whoever comes next, who may commit it.
  if (!beginning.isWaitedFor) {
    followRelease(queryRunner, (wasLost) =>
      transactionOf(queryRunner)?.settle(wasLost ? 'rolledBack' : 'unknown'),
    );
  }
  return transaction;
}
