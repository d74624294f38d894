import { AsyncLocalStorage } from 'node:async_hooks';
import { runTracedCallback, traceCallback, traceDrop } from './traced-callback.js';
import type { Application, CallbackTrace } from '../diagnostics/traces.js';
import type { CallbackOptions, TransactionCallback } from '../transaction.js';

interface LoggedCallback {
  readonly position: number;
  readonly on: 'commit' | 'rollback' | 'undo';
  readonly dedupeKey: string | undefined;
  readonly callback: TransactionCallback;
  /** Undefined when nobody listened as it was registered. */
  readonly trace: CallbackTrace | undefined;
  /** Runs work where it was registered; undefined for housekeeping, which asks for no context. */
  readonly context: ReturnType<typeof AsyncLocalStorage.snapshot> | undefined;
}

interface Savepoint {
  readonly name: string;
  /** How many effects had been registered when the savepoint was set. */
  readonly mark: number;
}

/**
 * What waits for the end of one transaction: a log of registrations in their order. Savepoints
 * nest, so the effects of a savepoint are always the tail of the log, and rolling one back is
 * cutting the tail off (Django: `transaction.on_commit`, which keeps the same order).
 *
 * Knows nothing of connections; the same rules as PostgreSQL's for names of savepoints: a name may
 * be set again and hides the earlier one; releasing or rolling back ends all that came after.
 */
export class CallbackLog {
  #log: LoggedCallback[] = [];
  #undone: LoggedCallback[] = [];
  #savepoints: Savepoint[] = [];
  #registered = 0;
  #isTraced = false;

  /**
   * @param transaction its number in traces.
   * @param application whose it is, in traces.
   * @param inside runs each callback, in the `AsyncLocalStorage` context in which it was registered.
   */
  constructor(
    private readonly transaction = 0,
    private readonly application?: Application,
    private readonly inside: (callback: TransactionCallback) => unknown = (callback) => callback(),
  ) {}

  onCommit(callback: TransactionCallback, options: CallbackOptions = {}): void {
    this.#register('commit', callback, options);
  }

  onRollback(callback: TransactionCallback): void {
    this.#register('rollback', callback, {});
  }

  /**
   * Runs `restore` at once, not at the end, when the savepoint or transaction is rolled back, or nobody
   * knows how it ended: for what is kept in memory of rows.
   */
  onUndo(restore: () => void): void {
    const position = this.#registered++;
    const nothing = { dedupeKey: undefined, trace: undefined, context: undefined };
    this.#log.push({ position, on: 'undo', callback: restore, ...nothing });
  }

  /** How many savepoints are set. */
  get depth(): number {
    return this.#savepoints.length;
  }

  savepoint(name: string): void {
    this.#savepoints.push({ name, mark: this.#log.length });
  }

  release(name: string): void {
    const index = this.#indexOf(name);
    if (index >= 0) this.#savepoints.length = index;
  }

  /** The savepoint itself stays set, as in PostgreSQL. */
  rollbackTo(name: string): void {
    const index = this.#indexOf(name);
    const savepoint = this.#savepoints[index];
    if (!savepoint) return;
    this.#savepoints.length = index + 1;
    this.#undo(savepoint.mark);
  }

  knows(savepoint: string): boolean {
    return this.#indexOf(savepoint) >= 0;
  }

  /** A savepoint that had been set before this log began was rolled back to. */
  undoAll(): void {
    this.#savepoints = [];
    this.#undo(0);
  }

  /** What a commit at this moment would run, in the order of registration. */
  pending(): readonly TransactionCallback[] {
    return inOrder(this.#committed()).map(({ callback }) => callback);
  }

  /** Ends the transaction; answers what has to run, in the order of registration. */
  commit(): readonly TransactionCallback[] {
    const committed = this.#committed();
    if (this.#isTraced) tellLeftOut(this.#log, committed);
    return this.#settle([...this.#undone, ...committed]);
  }

  /** Nobody knows how it ended: nothing runs. */
  abandon(): void {
    for (const { trace } of [...this.#undone, ...this.#log]) if (trace) traceDrop(trace, 'unknown');
    restoreAll(this.#log);
    this.#settle([]);
  }

  /** Ends the transaction; answers what has to run, in the order of registration. */
  rollback(): readonly TransactionCallback[] {
    this.#undo(0);
    return this.#settle(this.#undone);
  }

  #register(
    on: 'commit' | 'rollback',
    callback: TransactionCallback,
    options: CallbackOptions,
  ): void {
    const { dedupeKey, label, isHousekeeping } = options;
    if (typeof callback !== 'function') {
      throw new TypeError(`A function was expected to run on ${on}, not ${typeof callback}.`);
    }
    const { application, transaction, depth } = this;
    const place = { transaction, depth };
    const trace = isHousekeeping
      ? undefined
      : traceCallback(on, callback, { application, label, place });
    if (trace) this.#isTraced = true;
    const context = isHousekeeping ? undefined : AsyncLocalStorage.snapshot();
    this.#log.push({ position: this.#registered++, on, dedupeKey, callback, trace, context });
  }

  #committed(): readonly LoggedCallback[] {
    const committed = new Map<string | number, LoggedCallback>();
    for (const effect of this.#log) {
      if (effect.on !== 'commit') continue;
      const identity = effect.dedupeKey ?? effect.position;
      const first = committed.get(identity);
      committed.set(identity, first ? { ...effect, position: first.position } : effect);
    }
    return [...committed.values()];
  }

  #undo(mark: number): void {
    const tail = this.#log.splice(mark);
    restoreAll(tail);
    this.#undone.push(...tail.filter((effect) => effect.on === 'rollback'));
    if (!this.#isTraced) return;
    for (const { on, trace } of tail) if (trace && on === 'commit') traceDrop(trace, 'rolledBack');
  }

  #settle(effects: readonly LoggedCallback[]): readonly TransactionCallback[] {
    this.#log = [];
    this.#undone = [];
    this.#savepoints = [];
    return inOrder(effects).map((effect) => () => this.#run(effect));
  }

  #run({ callback, trace, context }: LoggedCallback): unknown {
    const run = trace ? () => runTracedCallback(trace, callback) : callback;
    return context ? context(() => this.inside(run)) : this.inside(run);
  }

  #indexOf(name: string): number {
    return this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
  }
}

/** The latest first, as each restores what it found. */
function restoreAll(effects: readonly LoggedCallback[]): void {
  for (const { on, callback } of effects.toReversed()) if (on === 'undo') callback();
}

function inOrder(effects: readonly LoggedCallback[]): readonly LoggedCallback[] {
  return effects.toSorted((one, other) => one.position - other.position);
}

/** What a commit does not run: callbacks of a rollback, and those whose dedupeKey another one took. */
function tellLeftOut(log: readonly LoggedCallback[], committed: readonly LoggedCallback[]): void {
  const run = new Set(committed.map(({ trace }) => trace));
  for (const { on, trace } of log) {
    if (trace && !run.has(trace)) traceDrop(trace, on === 'rollback' ? 'committed' : 'replaced');
  }
}
