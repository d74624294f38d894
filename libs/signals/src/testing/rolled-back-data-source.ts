import type { DataSource, EntityManager } from 'typeorm';
import { isDataSource } from '../typeorm/supported.js';
import { watchTransactions } from '../typeorm/transactions/watch.js';
import { everyUnfinishedTransaction } from '../typeorm/transactions/unfinished-transactions.js';
import { rememberingCallers } from './begun-at.js';
import { BorrowedConnection, connectionOf } from './borrowed-connection.js';
import { withPatience } from './patience.js';
import type { Borrowed, PgDriver, PgResult } from './pg-client.js';
import {
  SharedConnection,
  type ApplicationTransaction,
  type ConstraintStatements,
} from './shared-connection.js';

const DEFERRABLE = `
  SELECT quote_ident(nspname) || '.' || quote_ident(conname) AS name, condeferred AS deferred
  FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace
  WHERE condeferrable`;

const inUse = new WeakSet<DataSource>();

/** Thrown by `rolledBackTest`, before the test runs, for what it cannot roll back. */
export class UnfitDataSourceError extends TypeError {
  override readonly name = 'UnfitDataSourceError';

  constructor(why: string) {
    super(`rolledBackTest works on a DataSource of TypeORM for PostgreSQL, initialized; ${why}.`);
  }
}

/** A data source all of whose connections are one, in one transaction that is never committed. */
export class RolledBackDataSource {
  readonly #dataSource: DataSource;
  readonly #shared: SharedConnection;
  readonly #release: Borrowed[1];
  readonly #restore: () => void;
  #ended: Promise<readonly ApplicationTransaction[]> | undefined;

  private constructor(dataSource: DataSource, shared: SharedConnection, release: Borrowed[1]) {
    this.#dataSource = dataSource;
    this.#shared = shared;
    this.#release = release;
    this.#restore = this.#takeOver(driverOf(dataSource), dataSource.manager);
  }

  /** @throws UnfitDataSourceError */
  static async begin(dataSource: DataSource, patience: number): Promise<RolledBackDataSource> {
    refuseUnfit(dataSource);
    inUse.add(dataSource);
    try {
      // Whose work a statement is part of is known from the transactions of its context.
      watchTransactions(dataSource);
      const [client, release] = await driverOf(dataSource).obtainMasterConnection();
      try {
        const { rows } = (await client.query(DEFERRABLE)) as PgResult;
        await client.query('BEGIN');
        const shared = new SharedConnection(client, constraintsOf(rows), patience);
        return new RolledBackDataSource(dataSource, shared, release);
      } catch (error) {
        release(error as Error);
        throw error;
      }
    } catch (error) {
      inUse.delete(dataSource);
      throw error;
    }
  }

  /** Rolls everything back and gives the data source its pool again. Answers what was left open. */
  end(): Promise<readonly ApplicationTransaction[]> {
    this.#ended ??= this.#rollBack();
    return this.#ended;
  }

  async #rollBack(): Promise<readonly ApplicationTransaction[]> {
    const leftOver = this.#shared.open();
    for (const { owner } of leftOver.toReversed()) {
      await rollBackLeftOver(this.#dataSource, owner, this.#shared.patience);
    }
    await this.#shared.close();
    this.#restore();
    inUse.delete(this.#dataSource);
    try {
      await this.#shared.run('ROLLBACK');
      this.#release();
    } catch (error) {
      // The pool closes the connection, and with it the transaction ends.
      this.#release(error as Error);
    }
    return leftOver;
  }

  #takeOver(driver: PgDriver, manager: EntityManager): () => void {
    const { client } = this.#shared;
    const listeners = client.getMaxListeners();
    const borrow = async (): Promise<Borrowed> => [
      new BorrowedConnection(this.#shared).client,
      () => {},
    ];
    // Every query runner listens for the errors of its connection.
    client.setMaxListeners(0);
    const methods = {
      obtainMasterConnection: borrow,
      obtainSlaveConnection: borrow,
      // The pool cannot close while one of its connections is held.
      disconnect: async () => {
        await this.end();
        await driver.disconnect();
      },
    };
    const undo = [override(driver, methods), override(manager, rememberingCallers(manager))];
    return () => {
      client.setMaxListeners(listeners);
      for (const restore of undo) restore();
    };
  }
}

/**
 * Ends a transaction for whoever has begun it and will not: its callbacks for a rollback run, and
 * nothing waits for it any more.
 */
async function rollBackLeftOver(
  dataSource: DataSource,
  connection: object,
  patience: number,
): Promise<void> {
  const runner = everyUnfinishedTransaction(dataSource)
    .map(({ manager }) => manager.queryRunner)
    .find((candidate) => candidate && connectionOf(candidate) === connection);
  if (!runner) return;
  const rollBack = async (): Promise<void> => {
    while (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.query('ROLLBACK');
    await runner.release();
  };
  try {
    await withPatience(rollBack(), patience, () => new Error('It is still at work.'));
  } catch {
    // It ends with the connection; who uses it later is told.
  }
}

/** Of a PostgreSQL data source, which TypeORM's types do not tell. */
function driverOf({ driver }: { readonly driver: unknown }): PgDriver {
  return driver as PgDriver;
}

/** Puts methods in the place of an object's own or inherited ones. Answers how to undo it. */
function override(target: object, methods: object): () => void {
  const own = Object.keys(methods).flatMap((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    return descriptor ? [[name, descriptor] as const] : [];
  });
  Object.assign(target, methods);
  return () => {
    for (const name of Object.keys(methods)) Reflect.deleteProperty(target, name);
    for (const [name, descriptor] of own) Object.defineProperty(target, name, descriptor);
  };
}

function refuseUnfit(given: unknown): void {
  if (!isDataSource(given)) {
    throw new UnfitDataSourceError(
      `it was given ${shown(given)}. A test without a database needs nothing rolled back: hand ` +
        'standInDataSource() to what it tests',
    );
  }
  if (given.options.type !== 'postgres') {
    throw new UnfitDataSourceError(`this one is of type '${given.options.type}'`);
  }
  if (!given.isInitialized) {
    throw new UnfitDataSourceError('this one is not initialized: await its initialize() before');
  }
  if (inUse.has(given)) {
    throw new UnfitDataSourceError(
      'this one is in a rolledBackTest already: one test at a time, and not one in another',
    );
  }
}

function shown(given: unknown): string {
  if (Array.isArray(given)) return 'an empty list';
  return typeof given === 'object' && given !== null
    ? 'another object, such as a mock'
    : String(given);
}

function constraintsOf(rows: PgResult['rows']): ConstraintStatements {
  const deferred = rows.filter((row) => row.deferred === true).map((row) => String(row.name));
  return {
    check: rows.length > 0 ? 'SET CONSTRAINTS ALL IMMEDIATE' : '',
    restore: deferred.length > 0 ? `SET CONSTRAINTS ${deferred.join(', ')} DEFERRED` : '',
  };
}
