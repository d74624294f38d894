import { clearTimeout, setTimeout } from 'node:timers';
import type { PgClient, PgResult } from './pg-client.js';

/** Thrown to what waits for its turn on the one connection of a rolled-back test, and gets none. */
export class ConnectionBusyError extends Error {
  override readonly name = 'ConnectionBusyError';
}

/** Thrown to what is still at work on the connection of a rolled-back test that has ended. */
export class RolledBackTestEndedError extends Error {
  override readonly name = 'RolledBackTestEndedError';

  constructor() {
    super(
      'The rolledBackTest that this connection belongs to has ended. Await all work in the test, ' +
        'or wait for it with settled().',
    );
  }
}

/** One transaction of the application: a savepoint of the test's. */
export interface ApplicationTransaction {
  /** Who is in it: one borrower of the connection. */
  readonly owner: object;
  readonly savepoint: string;
  readonly begunAt: string | undefined;
  lastStatement: string;
}

/** What makes constraints be checked as at a commit, and then be as they were; empty if none are. */
export interface ConstraintStatements {
  readonly check: string;
  readonly restore: string;
}

interface Waiting {
  readonly mayGo: () => boolean;
  readonly go: () => void;
  readonly giveUp: (error: Error) => void;
}

/**
 * The one connection of a rolled-back test, and whose turn it is on it. Statements go one by one;
 * while a transaction of the application is open they are those of its borrower. Others wait until
 * it ends, unless they are part of its own work: then they are let in, inside it.
 */
export class SharedConnection {
  readonly client: PgClient;
  readonly #constraints: ConstraintStatements;
  /** The innermost last. */
  readonly #open: ApplicationTransaction[] = [];
  #waiting: Waiting[] = [];
  #busy = false;
  #closed = false;
  #whenIdle: (() => void) | undefined;
  #impatience: NodeJS.Timeout | undefined;
  #savepoints = 0;

  constructor(
    client: PgClient,
    constraints: ConstraintStatements,
    readonly patience: number,
  ) {
    this.client = client;
    this.#constraints = constraints;
  }

  /**
   * Runs work when the borrower may use the connection.
   *
   * @param inside the borrowers in whose open transactions the caller is.
   * @throws ConnectionBusyError, RolledBackTestEndedError
   */
  async inTurn<T>(
    borrower: object,
    inside: ReadonlySet<unknown>,
    work: () => Promise<T>,
  ): Promise<T> {
    await this.#turn(borrower, inside);
    try {
      return await work();
    } finally {
      this.#busy = false;
      this.#next();
    }
  }

  transactionOf(owner: object): ApplicationTransaction | undefined {
    return this.#open.find((transaction) => transaction.owner === owner);
  }

  async run(sql: string): Promise<PgResult> {
    return (await this.client.query(sql)) as PgResult;
  }

  /** Sets a savepoint in the place of a transaction. */
  async begin(owner: object, begunAt: string | undefined): Promise<ApplicationTransaction> {
    const savepoint = `rolled_back_test_${(this.#savepoints += 1)}`;
    await this.run(`SAVEPOINT ${savepoint}`);
    const transaction = { owner, savepoint, begunAt, lastStatement: '' };
    this.#open.push(transaction);
    return transaction;
  }

  /** Does what COMMIT would: constraints that were put off are checked, but only by the outermost. */
  async commit(transaction: ApplicationTransaction): Promise<void> {
    const { check, restore } = this.#open.length > 1 ? NO_CONSTRAINTS : this.#constraints;
    try {
      if (check) await this.run(check);
      await this.run(`RELEASE SAVEPOINT ${transaction.savepoint}`);
    } catch (error) {
      await this.rollback(transaction);
      throw error;
    }
    this.#forget(transaction);
    if (restore) await this.run(restore);
  }

  async rollback(transaction: ApplicationTransaction): Promise<void> {
    const { savepoint } = transaction;
    this.#forget(transaction);
    await this.run(`ROLLBACK TO SAVEPOINT ${savepoint}; RELEASE SAVEPOINT ${savepoint}`);
  }

  /** The transactions that have not ended, the innermost last. */
  open(): readonly ApplicationTransaction[] {
    return [...this.#open];
  }

  /** Lets the statement under way end and refuses all others. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#refuse(() => new RolledBackTestEndedError());
    if (this.#busy) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
  }

  #forget(transaction: ApplicationTransaction): void {
    this.#open.splice(this.#open.indexOf(transaction), 1);
  }

  async #turn(borrower: object, inside: ReadonlySet<unknown>): Promise<void> {
    if (this.#closed) throw new RolledBackTestEndedError();
    const mayGo = (): boolean => !this.#busy && this.#fits(borrower, inside);
    if (mayGo()) {
      this.#take();
      return;
    }
    await new Promise<void>((go, giveUp) => {
      this.#waiting.push({ mayGo, go, giveUp });
      if (!this.#busy && this.#waiting.length === 1) this.#startPatience();
    });
  }

  #fits(borrower: object, inside: ReadonlySet<unknown>): boolean {
    const innermost = this.#open.at(-1);
    if (!innermost || innermost.owner === borrower) return true;
    return inside.has(innermost.owner) && !this.transactionOf(borrower);
  }

  #take(): void {
    this.#busy = true;
    clearTimeout(this.#impatience);
  }

  #next(): void {
    this.#whenIdle?.();
    const next = this.#waiting.find(({ mayGo }) => mayGo());
    if (next) {
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#take();
      next.go();
    } else if (this.#waiting.length > 0) {
      this.#startPatience();
    }
  }

  /** Every statement of the transaction that the others wait for gives it time again. */
  #startPatience(): void {
    clearTimeout(this.#impatience);
    this.#impatience = setTimeout(() => this.#refuse(() => this.#busyError()), this.patience);
  }

  #refuse(reason: () => Error): void {
    clearTimeout(this.#impatience);
    for (const { giveUp } of this.#waiting.splice(0)) giveUp(reason());
  }

  #busyError(): ConnectionBusyError {
    const [holder] = this.#open.slice(-1).map(describeTransaction);
    return new ConnectionBusyError(
      `All work of a rolledBackTest shares one connection, and for ${this.patience} ms it was ` +
        `held by a transaction in which nothing happened: ${holder}. Either it is never ended, or ` +
        'it waits for work that uses another connection: do that work through its own manager, ' +
        'or after it.',
    );
  }
}

const NO_CONSTRAINTS: ConstraintStatements = { check: '', restore: '' };

/** How an open transaction is called in messages. */
export function describeTransaction(transaction: ApplicationTransaction): string {
  const { begunAt, lastStatement } = transaction;
  const last = lastStatement.replaceAll(/\s+/g, ' ').slice(0, 100);
  return `begun at ${begunAt ?? 'an unknown place'}${last && `, last statement: ${last}`}`;
}
