import { DataSource } from 'typeorm';
import { Signals, adminOf } from 'nestjs-signals/core';
import {
  durableSignals,
  type DurableSession,
  type DurableSignalsOptions,
} from 'nestjs-signals/durable';
import { typeOrmSignals } from 'nestjs-signals/typeorm';
import { settled } from 'nestjs-signals/testing';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';

export interface DurableProcessOptions extends DurableSignalsOptions {
  /** Connects receivers before the workers begin. */
  readonly connect?: (signals: Signals, dataSource: DataSource) => void;
  readonly poolSize?: number;
}

export interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly retry_count: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Seconds until it is due. */
  readonly wait: number;
}

/** What a process of an application has, as far as durable receivers are concerned. */
export class DurableProcess implements AsyncDisposable {
  readonly reported: { readonly error: unknown; readonly what: string }[] = [];
  readonly signals: Signals;
  readonly durable: DurableSession;
  readonly #attached: readonly Disposable[];

  private constructor(
    readonly dataSource: DataSource,
    options: DurableSignalsOptions,
  ) {
    const onError = (error: unknown, what: string) => void this.reported.push({ error, what });
    this.signals = new Signals({ onError });
    const resolve = (): never => {
      throw new Error('Nothing to resolve outside Nest.');
    };
    const host = { signals: this.signals, onError, resolve };
    const typeorm = typeOrmSignals({ dataSources: { default: dataSource } }).attach(host);
    this.durable = durableSignals({ pollInterval: 500, ...options, dataSource }).attach(host);
    this.#attached = [typeorm, this.durable];
  }

  static async start(
    { url }: TestDatabase,
    { connect, poolSize = 12, ...options }: DurableProcessOptions = {},
  ): Promise<DurableProcess> {
    const dataSource = await new DataSource({
      type: 'postgres',
      url,
      entities: [LogLine],
      poolSize,
      extra: { connectionTimeoutMillis: 5_000 },
    }).initialize();
    const started = new DurableProcess(dataSource, options);
    connect?.(started.signals, dataSource);
    try {
      await started.durable.start();
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
    await started.durable.ready();
    return started;
  }

  lines(): Promise<string[]> {
    return this.dataSource.manager
      .find(LogLine, { order: { id: 'ASC' } })
      .then((lines) => lines.map(({ text }) => text));
  }

  /** Makes retries due at once. */
  async hurry(): Promise<void> {
    await this.dataSource.query(
      `UPDATE signals.job SET start_after = now() WHERE state = 'retry' AND start_after > now()`,
    );
  }

  /** What the engine has of the deliveries to a receiver, in the order of their writing. */
  jobs(receiver: string): Promise<readonly JobRow[]> {
    return this.dataSource.query<JobRow[]>(
      `SELECT id, state, retry_count, data, extract(epoch FROM start_after - now())::float AS wait
       FROM signals.job WHERE name = $1 ORDER BY created_on`,
      [receiver],
    );
  }

  /** How many of the connections to the database have a transaction that nobody works in. */
  async openTransactions(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::integer AS count FROM pg_stat_activity
       WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
    );
    return row?.count ?? 0;
  }

  settled(): Promise<void> {
    return settled(this.signals, { timeout: 20_000 });
  }

  async stop(deadline = 5_000): Promise<void> {
    await this.durable.stop(deadline);
    await adminOf(this.signals).close(deadline);
    for (const attachment of this.#attached) attachment[Symbol.dispose]();
    await this.dataSource.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.dataSource.isInitialized) await this.stop();
  }
}

/** A database with the tables of the tests, and nothing of the engine. */
export async function createDurableDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  const dataSource = new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [LogLine],
    synchronize: true,
  });
  await dataSource.initialize();
  await dataSource.destroy();
  return database;
}
