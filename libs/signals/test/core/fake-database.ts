import { AsyncLocalStorage } from 'node:async_hooks';
import {
  TransactionEndedError,
  type CallbackOptions,
  type ErrorSink,
  type TransactionCallback,
} from 'nestjs-signals/core';
import {
  runCallbacks,
  CallbackLog,
  type Transaction,
  type TransactionPlace,
  type TransactionSource,
} from 'nestjs-signals/integration';

/** What the levels of one transaction share. */
class Session {
  readonly effects = new CallbackLog();
  ended = false;
  depth = 0;

  constructor(
    readonly manager: string,
    readonly database: FakeDatabase,
  ) {}
}

/** A transaction, or a savepoint of it. */
class Level implements Transaction {
  #closed = false;

  constructor(private readonly session: Session) {}

  get manager(): string {
    return this.session.manager;
  }

  get defaultManager(): string {
    return this.session.database.defaultManager;
  }

  get place(): TransactionPlace {
    return { transaction: 1, depth: this.session.depth };
  }

  get isOpen(): boolean {
    return !this.#closed && !this.session.ended;
  }

  onCommit(callback: TransactionCallback, options?: CallbackOptions): void {
    this.#demandOpen();
    this.session.effects.onCommit(callback, options);
  }

  onRollback(callback: TransactionCallback): void {
    this.#demandOpen();
    this.session.effects.onRollback(callback);
  }

  async savepoint<T>(work: (inner: Transaction) => Promise<T>): Promise<T> {
    this.#demandOpen();
    const { effects, database } = this.session;
    const name = `s${++this.session.depth}`;
    const inner = new Level(this.session);
    effects.savepoint(name);
    database.statements.push(`SAVEPOINT ${name}`);
    try {
      const result = await inner.within(() => work(inner));
      effects.release(name);
      database.statements.push(`RELEASE ${name}`);
      return result;
    } catch (error) {
      effects.rollbackTo(name);
      database.statements.push(`ROLLBACK TO ${name}`);
      throw error;
    } finally {
      inner.#closed = true;
      this.session.depth -= 1;
    }
  }

  within<T>(work: () => T): T {
    return this.session.database.within(this, work);
  }

  #demandOpen(): void {
    if (!this.isOpen) throw new TransactionEndedError();
  }
}

/** Transactions without a database, for what the core promises of them. */
export class FakeDatabase implements TransactionSource {
  readonly defaultManager = 'default';
  readonly statements: string[] = [];
  readonly #ambient = new AsyncLocalStorage<Level | undefined>();
  readonly #byManager = new Map<unknown, Level>();

  constructor(private readonly sink: ErrorSink) {}

  /** Runs work in a transaction; `hidden` is one that only its manager leads to. */
  async transaction<T>(
    work: (manager: string) => Promise<T>,
    { hidden = false }: { readonly hidden?: boolean } = {},
  ): Promise<T> {
    const session = new Session(`manager ${this.#byManager.size + 1}`, this);
    const level = new Level(session);
    this.#byManager.set(session.manager, level);
    this.statements.push('BEGIN');
    let due: readonly TransactionCallback[] = [];
    try {
      const result = await this.within(hidden ? undefined : level, () => work(session.manager));
      this.statements.push('COMMIT');
      due = session.effects.commit();
      return result;
    } catch (error) {
      this.statements.push('ROLLBACK');
      due = session.effects.rollback();
      throw error;
    } finally {
      session.ended = true;
      await this.within(undefined, () => runCallbacks(due, this.sink, 'A callback failed'));
    }
  }

  within<T>(level: Level | undefined, work: () => T): T {
    return this.#ambient.run(level, work);
  }

  find(manager: unknown): Transaction | undefined {
    const level = manager === undefined ? this.#ambient.getStore() : this.#byManager.get(manager);
    if (level && !level.isOpen) throw new TransactionEndedError('The send');
    return level;
  }
}
