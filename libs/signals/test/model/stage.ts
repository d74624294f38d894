import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { Signals, adminOf } from 'nestjs-signals/core';
import { hostOf, type SignalsIntegration } from 'nestjs-signals/integration';
import { postSave, preSave, typeOrmSignals, type SerializedSave } from 'nestjs-signals/typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { happened, Thing, type Parcel } from './parcel.js';
import {
  RECEIVERS,
  receiversOf,
  SOURCES,
  type Application,
  type ReceiverName,
  type Source,
  type StepOf,
} from './step.js';

/** What a stage looks like after a tree; everything but the rows is the same after every tree. */
export interface Remains {
  readonly rows: Record<Source, readonly string[]>;
  readonly state: string;
}

/** Belongs to all applications of the process, so that of other campaigns is under way here too. */
const AT_ONCE = 'An onCommit callback';

export const ALL_QUIET = 'all is quiet';

const TABLES = `
  CREATE TABLE things (id serial PRIMARY KEY, label text NOT NULL);
  CREATE TABLE notes (label text NOT NULL);
  CREATE TABLE dooms (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);`;

/** Empties the tables and looks for transactions that nobody ended, also on its own connection. */
const REMAINS = `
  WITH things AS (DELETE FROM things RETURNING label), notes AS (DELETE FROM notes RETURNING label)
  SELECT array(SELECT label FROM things UNION ALL SELECT label FROM notes) AS rows,
    transaction_timestamp() = statement_timestamp() AND NOT EXISTS (
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = current_setting('application_name')
        AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ) AS "isEnded"`;

const APPLICATIONS = ['host', 'guest'] as const;

/** Two data sources with signals attached, where trees run one after the other. */
export class Stage {
  readonly sources = {} as Record<Source, DataSource>;
  #signals!: Record<Application, Signals>;
  readonly #integrations = new WeakMap<DataSource, SignalsIntegration>();
  readonly #sessions: Record<Source, Partial<Record<Application, Disposable>>> = { a: {}, b: {} };
  /** Of one data source more: with a single one it would be known which is meant where none is named. */
  #third: Disposable | undefined;
  /** How long to wait for a connection, in milliseconds; much longer than it ever takes. */
  patience = 10_000;

  private constructor(
    private readonly database: TestDatabase,
    private readonly admin: pg.Client,
    private readonly onError: (error: unknown, stage: Stage) => void,
  ) {}

  /** @param onError is told what the library reports to its error sink. */
  static async build(onError: (error: unknown, stage: Stage) => void): Promise<Stage> {
    const database = await createDatabase();
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    for (const source of SOURCES) {
      await admin.query(`CREATE SCHEMA ${source}; SET search_path = ${source}; ${TABLES}`);
    }
    const stage = new Stage(database, admin, onError);
    await stage.#open();
    return stage;
  }

  async terminate(pid: number): Promise<void> {
    await this.admin.query('SELECT pg_terminate_backend($1)', [pid]);
  }

  /** PostgreSQL tells the client of its end a moment before the transaction is gone. */
  async untilGone(pid: number): Promise<void> {
    const sql = 'SELECT FROM pg_stat_activity WHERE pid = $1';
    while ((await this.admin.query(sql, [pid])).rowCount) await setTimeout(1);
  }

  /** Takes away what a tree left. */
  async clear(): Promise<Remains> {
    const a = await this.#clear('a');
    const b = await this.#clear('b');
    const underWay = APPLICATIONS.flatMap((one) => adminOf(this.#signals[one]).underWay()).map(
      ({ what }) => what,
    );
    for (const source of SOURCES) this.#close('guest', source);
    const faults = [...a.faults, ...b.faults, ...underWay.filter((what) => what !== AT_ONCE)];
    return { rows: { a: a.rows, b: b.rows }, state: faults.join(', ') || ALL_QUIET };
  }

  async #clear(source: Source): Promise<{ rows: string[]; faults: string[] }> {
    const dataSource = this.sources[source];
    const pool = poolOf(dataSource);
    const isIdle = pool.totalCount === pool.idleCount && pool.waitingCount === 0;
    const [remains] = await dataSource.query<{ rows: string[]; isEnded: boolean }[]>(REMAINS);
    return {
      rows: remains?.rows.toSorted() ?? [],
      faults: [
        ...(isIdle ? [] : [`a connection of ${source} is held`]),
        ...(remains?.isEnded ? [] : [`a transaction of ${source} is open`]),
      ],
    };
  }

  /** After a tree that failed: nothing of it may reach the next one, which is a smaller one. */
  async renew(): Promise<void> {
    this.patience = 1_000;
    this.#closeAll();
    await this.admin.query(`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name LIKE 'model-%' AND datname = current_database()`);
    // Not awaited: a pool waits for ever for a connection that a failed tree never gives back.
    for (const source of SOURCES) this.sources[source].destroy().catch(() => {});
    await this.admin.query('TRUNCATE a.things, a.notes, a.dooms, b.things, b.notes, b.dooms');
    await this.#open();
  }

  async close(): Promise<void> {
    this.#closeAll();
    for (const source of SOURCES) await this.sources[source].destroy();
    await this.admin.end();
    await this.database.drop();
  }

  #closeAll(): void {
    this.#third?.[Symbol.dispose]();
    for (const source of SOURCES) {
      for (const application of APPLICATIONS) this.#close(application, source);
    }
  }

  async #open(): Promise<void> {
    const onError = (error: unknown) => this.onError(error, this);
    this.#signals = { host: new Signals({ onError }), guest: new Signals({ onError }) };
    this.#connectReceivers();
    this.#keepDeliveries();
    this.#third = this.#attach('host', new DataSource({ type: 'postgres' }));
    for (const source of SOURCES) await this.#replace(source, 'attachedBefore', async () => {});
  }

  /** The guest attaches a data source, or closes the session in which it did. */
  visit(on: Source): void {
    const { guest } = this.#sessions[on];
    if (guest) this.#close('guest', on);
    else this.#sessions[on].guest = this.#attach('guest', this.sources[on]);
  }

  /** @param work runs before a new data source is attached, where that comes last. */
  async restart(
    on: Source,
    how: StepOf<'restart'>['how'],
    work: () => Promise<void>,
  ): Promise<void> {
    for (const application of APPLICATIONS) if (how !== 'again') this.#close(application, on);
    await this.sources[on].destroy();
    if (how !== 'again') return this.#replace(on, how, work);
    await this.sources[on].initialize();
    return work();
  }

  async #replace(
    on: Source,
    how: 'attachedBefore' | 'attachedAfter',
    work: () => Promise<void>,
  ): Promise<void> {
    const dataSource = this.#made(on);
    this.sources[on] = dataSource;
    const attach = () => {
      this.#sessions[on].host = this.#attach('host', dataSource);
    };
    if (how === 'attachedBefore') attach();
    await dataSource.initialize();
    try {
      await work();
    } finally {
      if (how === 'attachedAfter') attach();
    }
  }

  #made(source: Source): DataSource {
    return new DataSource({
      type: 'postgres',
      url: this.database.url,
      entities: [Thing],
      applicationName: `model-${source}`,
      poolSize: 1,
      // Whoever waits for the only connection while it is held fails instead of hanging.
      extra: { connectionTimeoutMillis: this.patience, options: `-c search_path=${source}` },
    });
  }

  #attach(application: Application, dataSource: DataSource): Disposable {
    return this.#integrationOf(dataSource).attach({
      signals: this.#signals[application],
      onError: (error) => this.onError(error, this),
      resolve: () => {
        throw new Error('Nothing to resolve outside Nest.');
      },
    });
  }

  /** One object for both applications. */
  #integrationOf(dataSource: DataSource): SignalsIntegration {
    const integration =
      this.#integrations.get(dataSource) ?? typeOrmSignals({ dataSources: { on: dataSource } });
    this.#integrations.set(dataSource, integration);
    return integration;
  }

  #close(application: Application, on: Source): void {
    this.#sessions[on][application]?.[Symbol.dispose]();
    delete this.#sessions[on][application];
  }

  #connectReceivers(): void {
    for (const application of APPLICATIONS) {
      for (const name of receiversOf(application)) this.#connect(name, this.#signals[application]);
    }
  }

  #connect(name: ReceiverName, signals: Signals): void {
    const { phase, robust, of } = RECEIVERS[name];
    if (phase === 'durable') return;
    signals.connect(
      name === 'vet' ? preSave : postSave,
      ({ instance: { parcel } }, context) => parcel.receive(name, parcel, context),
      {
        sender: Thing,
        phase,
        robust,
        dispatchUid: name,
        when: ({ instance }) => name in instance.parcel.plan,
      },
    );
    if (of === 'guest') return;
    signals.connect(happened, ({ parcel }, context) => parcel.receive(name, parcel, context), {
      phase,
      robust,
      dispatchUid: name,
      when: ({ parcel }) => name in parcel.plan,
    });
  }

  /** As the library does it: it makes sure of the transaction, and then writes into it. */
  #keepDeliveries(): void {
    const stored = { phase: 'durable', dispatchUid: 'stored' } as const;
    const { host } = this.#signals;
    host.connect(postSave, () => {}, {
      ...stored,
      sender: Thing,
      columns: ['label'],
      when: ({ instance }) => 'stored' in instance.parcel.plan,
    });
    host.connect(happened, () => {}, {
      ...stored,
      when: ({ parcel }) => 'stored' in parcel.plan,
    });
    hostOf(host).useOutbox({
      accept: (event) => event,
      write: async ({ deliveries }, transaction) => {
        transaction.onCommit(() => {}, { isHousekeeping: true });
        const { manager } = transaction as { readonly manager: EntityManager };
        for (const { payload } of deliveries) {
          const { values, parcel } = payload as Partial<SerializedSave<Thing>> & {
            parcel?: Parcel;
          };
          const label = values?.label ?? parcel?.label;
          await manager.query('INSERT INTO notes VALUES ($1)', [`stored ${label}`]);
        }
      },
      outstanding: () => Promise.resolve([]),
    });
  }

  send(parcel: Parcel, robust: boolean): Promise<unknown> {
    return robust
      ? this.#signals.host.sendRobust(happened, { parcel })
      : this.#signals.host.send(happened, { parcel });
  }
}

function poolOf(dataSource: DataSource): pg.Pool {
  return (dataSource.driver as unknown as { readonly master: pg.Pool }).master;
}
