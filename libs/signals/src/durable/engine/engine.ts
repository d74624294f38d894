import { PgBoss } from 'pg-boss';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { ErrorSink } from '../../core/index.js';
import { detached, type DurableInfo } from '../../integration/index.js';
import { clearDeliveries } from './clear-deliveries.js';
import { DurableNotStartedError } from '../durable-not-started.error.js';
import { EngineDatabase, type RunnerDatabase } from './engine-database.js';
import { PreparedStatements } from './prepared-statements.js';
import { declareQueues } from './queues.js';
import { explained, prepareSchema } from './schema.js';
import { assertSupported } from './supported-tables.js';

export interface EngineOptions {
  readonly schema: string;
  readonly prepare: boolean;
  /** Whether this process looks after the queues: expired claims, retention, schedules. */
  readonly supervises: boolean;
  readonly onError: ErrorSink;
}

/** Thrown when a durable delivery would be written in the transaction of a data source without it. */
export class OtherDataSourceError extends Error {
  override readonly name = 'OtherDataSourceError';

  constructor() {
    super(
      'A signal with durable receivers was sent in a transaction of another data source than the ' +
        'one that keeps deliveries. Send it in a transaction of that one, or name it: ' +
        'durableSignals({ dataSource }).',
    );
  }
}

/** How often expired claims are looked for, in seconds. */
const SUPERVISION = 5;

/** The job engine on the application's data source. */
export class Engine {
  readonly boss: PgBoss;
  readonly database: EngineDatabase;
  readonly schema: string;
  #isStarted = false;
  #hasTables = false;

  constructor(
    readonly dataSource: DataSource,
    { schema, prepare, supervises, onError }: EngineOptions,
  ) {
    this.schema = schema;
    this.database = new EngineDatabase(dataSource, prepare ? new PreparedStatements() : undefined);
    this.boss = new PgBoss({
      db: this.database,
      // Quoted, or PostgreSQL would have it in lower case, and take some for its own words.
      schema: `"${schema}"`,
      createSchema: false,
      supervise: supervises,
      schedule: supervises,
      superviseIntervalSeconds: SUPERVISION,
      monitorIntervalSeconds: SUPERVISION,
      maintenanceIntervalSeconds: 60,
      // Queues are few and long-lived, and this process declares those that it needs.
      queueCacheIntervalSeconds: 300,
      // Its spans, of 12.38 and later, would stand beside those of the library, of the same deliveries.
      openTelemetry: { enabled: false },
    });
    this.boss.on('error', (error) => onError(error, 'The job engine'));
    this.boss.on('warning', ({ message }) => onError(new Error(message), 'The job engine warns'));
  }

  /**
   * The engine's statements in the transaction of this manager.
   *
   * @throws OtherDataSourceError
   */
  within({ queryRunner }: EntityManager): RunnerDatabase {
    if (!queryRunner) throw new Error('A manager outside a transaction was named.');
    // TypeORM 0.3 says `connection`.
    const { dataSource, connection } = queryRunner as QueryRunner & {
      readonly connection?: DataSource;
    };
    if ((dataSource ?? connection) !== this.dataSource) throw new OtherDataSourceError();
    return this.database.within(queryRunner);
  }

  /**
   * The rows of one of the library's own statements.
   *
   * @param manager of the transaction that it belongs to; without one it stands alone.
   */
  async query<Row>(
    text: string,
    values: unknown[] = [],
    manager?: EntityManager,
  ): Promise<readonly Row[]> {
    const database = manager?.queryRunner ? this.within(manager) : this.database;
    const { rows } = await database.executeSql(text, values);
    return rows as Row[];
  }

  /** @throws DurableNotStartedError as long as there is nothing to write deliveries to. */
  demandTables(): void {
    if (!this.#hasTables) throw new DurableNotStartedError();
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  /**
   * Brings the tables up to date and declares the queues. What fails leaves nothing running.
   *
   * @throws SchemaVersionError, SchemaPermissionError, UnsupportedEngineError
   */
  async start(receivers: ReadonlyMap<string, DurableInfo>): Promise<void> {
    const { dataSource, schema } = this;
    await prepareSchema(dataSource, schema);
    try {
      await detached(() => this.boss.start());
      await assertSupported(this.database, schema);
      this.#isStarted = true;
      await declareQueues(this.boss, receivers);
      // What the data source has just dropped, the deliveries of a former run were about.
      if (dataSource.options.dropSchema === true) await clearDeliveries(dataSource, { schema });
    } catch (error) {
      await this.stop(0);
      throw await explained(dataSource, schema, error);
    }
    this.#hasTables = true;
  }

  /** Waits for what is being worked on; what is not done by then goes back to be tried again. */
  async stop(deadline: number): Promise<void> {
    this.#isStarted = false;
    await this.boss.stop({ graceful: deadline > 0, timeout: deadline });
  }
}
