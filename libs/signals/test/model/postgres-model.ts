import { LOST, type Source } from './step.js';

/** An error as the model knows it: by its name alone. */
export class Failure {
  constructor(readonly name: string) {}
}

/** What waits for the end of a transaction. */
export interface Registration {
  readonly on: 'commit' | 'rollback';
  readonly key: string | undefined;
  readonly position: number;
  readonly run: () => void;
}

/**
 * The contract of callbacks in one sentence: **a registration is a row**. It is written into the
 * transaction beside the other rows, and a savepoint that rolls back takes both away.
 */
export class Transaction {
  isOpen = true;
  isRolledBack = false;
  /** TypeORM itself has rolled it back: what is sent in its scope after that is refused. */
  isGivenUp = false;
  aborted = false;
  rows: readonly string[] = [];
  registered: readonly Registration[] = [];
  savepoints: { name: string; rows: readonly string[]; registered: readonly Registration[] }[] = [];
  /** What was registered for a rollback, and was rolled back. */
  #undone: readonly Registration[] = [];
  #due: readonly Registration[] = [];

  /** @param isKnown whether the library has seen it begin, or somebody has named it since. */
  constructor(
    readonly on: Source,
    public isKnown: boolean,
  ) {}

  restore({ rows, registered }: Pick<Transaction, 'rows' | 'registered'>): void {
    const gone = this.registered.slice(registered.length);
    this.#undone = [...this.#undone, ...gone.filter(({ on }) => on === 'rollback')];
    Object.assign(this, { rows, registered, aborted: false });
  }

  end(committed: boolean): void {
    this.isRolledBack = !committed;
    if (!committed) this.restore({ rows: [], registered: [] });
    const callbacks = this.registered.filter(({ on }) => on === 'commit');
    const due = callbacks.filter(isFirst).map((first) => ({ ...first, run: lastOf(first).run }));
    this.#due = [...this.#undone, ...due].toSorted((one, two) => one.position - two.position);
    this.isOpen = false;

    function isFirst(one: Registration): boolean {
      return callbacks.find((other) => isSame(one, other)) === one;
    }
    function lastOf(one: Registration): Registration {
      return callbacks.findLast((other) => isSame(one, other)) ?? one;
    }
  }

  /** What has to run now that it has ended; once. */
  take(): readonly Registration[] {
    const due = this.#due;
    this.#due = [];
    return due;
  }
}

function isSame(one: Registration, other: Registration): boolean {
  return one === other || (one.key !== undefined && one.key === other.key);
}

/** One session of PostgreSQL, as far as transactions go; `table` holds what is committed. */
export class Session {
  isAlive = true;
  transaction: Transaction | undefined;

  constructor(
    readonly on: Source,
    readonly table: string[],
    /** Whether the library follows the data source. */
    public isWatched: boolean,
  ) {}

  /** Every statement but COMMIT, ROLLBACK and ROLLBACK TO is refused in an aborted transaction. */
  execute(): Transaction | undefined {
    this.#answer();
    return this.transaction?.aborted ? this.fail('25P02') : this.transaction;
  }

  fail(code: string): never {
    this.#answer();
    if (this.transaction) this.transaction.aborted = true;
    throw new Failure(`SQL ${code}`);
  }

  insert(...rows: readonly string[]): void {
    const transaction = this.execute();
    if (transaction) transaction.rows = [...transaction.rows, ...rows];
    else this.table.push(...rows);
  }

  /** Violates a constraint that is checked at COMMIT. */
  doom(): void {
    if (!this.execute()) this.fail('23505');
    this.insert('doom');
  }

  begin(): void {
    const transaction = (this.transaction = this.execute() ?? new Transaction(this.on, false));
    if (this.isWatched) transaction.isKnown = true;
  }

  savepoint(name: string): void {
    const { savepoints, rows, registered } = this.execute() ?? this.fail('25P01');
    savepoints.push({ name, rows, registered });
  }

  release(name: string): void {
    const { savepoints } = this.execute() ?? this.fail('25P01');
    const index = savepoints.findLastIndex((savepoint) => savepoint.name === name);
    if (index < 0) this.fail('3B001');
    savepoints.length = index;
  }

  /** The savepoint itself stays set. */
  rollbackTo(name: string): void {
    this.#answer();
    const transaction = this.transaction ?? this.fail('25P01');
    const index = transaction.savepoints.findLastIndex((savepoint) => savepoint.name === name);
    const savepoint = transaction.savepoints[index] ?? this.fail('3B001');
    transaction.savepoints.length = index + 1;
    transaction.restore(savepoint);
  }

  /** An aborted transaction answers with a rollback, of which the library makes an error. */
  commit(): void {
    this.#answer();
    const { aborted = false, isKnown = false, rows = [] } = this.transaction ?? {};
    const doomed = rows.includes('doom');
    this.#end(!aborted && !doomed);
    if (aborted && isKnown) throw new Failure('TransactionAbortedError');
    if (doomed && !aborted) throw new Failure('SQL 23505');
  }

  rollback(): void {
    this.#answer();
    this.#end(false);
  }

  kill(from: 'inside' | 'outside'): void {
    if (from === 'inside') this.execute();
    this.#end(false);
    this.isAlive = false;
    if (from === 'inside') this.#answer();
  }

  #answer(): void {
    if (!this.isAlive) throw new Failure(LOST);
  }

  #end(committed: boolean): void {
    const { transaction } = this;
    this.transaction = undefined;
    transaction?.end(committed);
    if (committed) this.table.push(...(transaction?.rows ?? []));
  }
}
