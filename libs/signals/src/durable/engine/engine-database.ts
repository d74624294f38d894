import type { Db } from 'pg-boss';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { shareOf } from './connection-share.js';
import type { PreparedStatements } from './prepared-statements.js';
import { RESULT_TYPES } from './result-types.js';
import { guard, refuseSealed, seal } from './closed-runner.js';

type Rows = Awaited<ReturnType<Db['executeSql']>>;
type TransactionHandle = Awaited<ReturnType<NonNullable<Db['beginTransaction']>>>;

/** What is used of a connection of node-postgres. */
interface Connection {
  query(statement: {
    readonly name?: string;
    readonly text: string;
    readonly values?: unknown[];
    readonly types: typeof RESULT_TYPES;
  }): Promise<Rows | readonly Rows[]>;
  emit(event: 'error', error: unknown): void;
}

/** How long a rollback may take before its connection is given up. */
const ROLLBACK_DEADLINE = 5_000;

/** The job engine's statements, on the application's own connections. */
export class EngineDatabase implements Db {
  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: PreparedStatements | undefined,
  ) {}

  async executeSql(text: string, values?: unknown[]): Promise<Rows> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await this.within(runner).executeSql(text, values);
    } catch (error) {
      // Only a text without values may have several statements, and have begun a transaction that it
      // did not end.
      if (!values?.length) await discard(runner, error);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** The statements of a transaction that somebody else has opened, and will end. */
  within(runner: QueryRunner): RunnerDatabase {
    return new RunnerDatabase(runner, this.statements);
  }

  /** Of an attempt, which waits here where others hold what all of them may. */
  async beginTransaction(): Promise<TransactionHandle> {
    const giveBack = await shareOf(this.dataSource)?.take();
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
    } catch (error) {
      await discard(runner, error);
      giveBack?.();
      throw error;
    }
    guard(runner);
    const db = this.within(runner);
    return {
      db,
      commit: async () => {
        seal(runner);
        try {
          // A receiver may have left savepoints open.
          while (runner.isTransactionActive) await runner.commitTransaction();
        } catch (error) {
          await discard(runner, error);
          throw error;
        } finally {
          await runner.release();
          giveBack?.();
        }
      },
      rollback: async () => {
        await rollBack(runner, db);
        giveBack?.();
      },
    };
  }
}

/** The engine's statements on one query runner. */
export class RunnerDatabase implements Db {
  readonly #afterRollback: (readonly [text: string, values: unknown[]])[] = [];

  constructor(
    private readonly runner: QueryRunner,
    private readonly statements: PreparedStatements | undefined,
  ) {}

  get manager(): EntityManager {
    return this.runner.manager;
  }

  /** Runs the statement once the transaction is rolled back, before its connection is given away. */
  afterRollback(text: string, values: unknown[]): void {
    this.#afterRollback.push([text, values]);
  }

  async rollBack(): Promise<void> {
    seal(this.runner);
    // Whole, though a receiver may be in a savepoint, which is all that TypeORM would roll back.
    await this.runner.query('ROLLBACK');
    for (const [text, values] of this.#afterRollback) await this.#execute(text, values);
  }

  async executeSql(text: string, values?: unknown[]): Promise<Rows> {
    refuseSealed(this.runner);
    return this.#execute(text, values);
  }

  async #execute(text: string, values?: unknown[]): Promise<Rows> {
    const connection = (await this.runner.connect()) as Connection;
    const name = values && this.statements?.nameOf(text);
    const result = await connection.query({
      text,
      types: RESULT_TYPES,
      ...(name && { name }),
      ...(values && { values }),
    });
    return Array.isArray(result)
      ? { rows: (result as Rows[]).flatMap(({ rows }) => rows) }
      : (result as Rows);
  }
}

/** Never fails and never waits for long: a statement that hangs would hold the rollback behind it. */
async function rollBack(runner: QueryRunner, db: RunnerDatabase): Promise<void> {
  // Its connection was lost; what waits for the rollback is told.
  if (runner.isReleased) return runner.release();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The rollback took too long.')), ROLLBACK_DEADLINE);
  });
  try {
    await Promise.race([db.rollBack(), expired]);
    await runner.release();
  } catch (error) {
    await discard(runner, error);
  } finally {
    clearTimeout(timer);
  }
}

/** The server ends what a connection has begun once it is gone; the pool takes an error for that. */
async function discard(runner: QueryRunner, error: unknown): Promise<void> {
  const connection = (await runner.connect().catch(() => undefined)) as Connection | undefined;
  connection?.emit('error', error);
  await runner.release();
}
