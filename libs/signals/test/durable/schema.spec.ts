import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { defineSignal, Signals } from 'nestjs-signals/core';
import {
  clearDeliveries,
  durableSignals,
  SchemaPermissionError,
  SchemaVersionError,
} from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

/** What the library keeps of its own, as the catalog tells it. */
const CONTENTS = `
  SELECT table_name || '.' || column_name || ' ' || data_type AS part
  FROM information_schema.columns
  WHERE table_schema = 'signals' AND table_name IN ('effect', 'receiver', 'replay', 'schema_version')
  UNION ALL
  SELECT indexname FROM pg_indexes
  WHERE schemaname = 'signals' AND tablename IN ('effect', 'receiver', 'replay', 'schema_version')
  ORDER BY 1`;

describe("The library's tables", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDurableDatabase();
  });
  afterEach(() => database.drop());
  const start = () => DurableProcess.start(database, { workers: false });
  const contents = async ({ dataSource }: DurableProcess) =>
    (await dataSource.query<{ part: string }[]>(CONTENTS)).map(({ part }) => part);

  it('get back whatever of them is missing, though the version says that they are complete', async () => {
    let whole: readonly string[] = [];
    const drops = [
      ...['effect', 'receiver', 'replay', 'schema_version'].map(
        (table) => `TABLE signals.${table}`,
      ),
      ...['effect_at', 'replay_delivery', 'replay_target', 'replay_ended'].map(
        (index) => `INDEX signals.${index}`,
      ),
    ].map((part) => `DROP ${part}`);
    const columns = ['effect.at', 'receiver.seen_at', 'receiver.paused_at', 'replay.replayed_to'];
    for (const column of columns) {
      const [table, name] = column.split('.');
      drops.push(`ALTER TABLE signals.${table} DROP COLUMN ${name} CASCADE`);
    }
    {
      await using first = await start();
      whole = await contents(first);
    }

    for (const drop of drops) {
      {
        await using broken = await start();
        await broken.dataSource.query(drop);
        expect(await contents(broken)).not.toEqual(whole);
      }
      await using repaired = await start();
      expect({ drop, contents: (await contents(repaired)).toSorted() }).toEqual({
        drop,
        contents: whole.toSorted(),
      });
    }
  });

  it('of an earlier release, which had no version, get one and keep what they hold', async () => {
    {
      await using former = await start();
      await former.durable.pause('mail');
      await former.dataSource.query('DROP TABLE signals.schema_version');
    }

    await using next = await start();

    expect([...(await next.durable.paused())]).toEqual(['mail']);
    expect(await next.dataSource.query('SELECT version FROM signals.schema_version')).toEqual([
      { version: 1 },
    ]);
  });

  it('of a later build are refused, and left as they are', async () => {
    {
      await using later = await start();
      await later.dataSource.query('UPDATE signals.schema_version SET version = 7');
      await later.dataSource.query('DROP INDEX signals.effect_at');
    }

    await expect(start()).rejects.toThrow(SchemaVersionError);
    await expect(start()).rejects.toThrow(
      "The tables of durable signals in schema 'signals' have version 7, and this build knows version 1. " +
        'Run the build that made them, or a later one.',
    );
    await using elsewhere = await DurableProcess.start(database, {
      workers: false,
      schema: 'other',
    });
    expect(await contents(elsewhere)).not.toContain('effect_at');
  });

  it('are made once by processes that start together', async () => {
    const started = await Promise.all([start(), start(), start()]);

    const [first] = started;
    expect(first && (await contents(first))).toContain('replay_ended');
    await Promise.all(started.map((process) => process.stop()));
  });
});

describe('A role that may not create tables', () => {
  let database: TestDatabase;
  let role: string;
  let owner: DataSource;
  beforeAll(async () => {
    database = await createDurableDatabase();
    owner = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    role = `limited_${randomUUID().slice(0, 8)}`;
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  });
  afterAll(async () => {
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.destroy();
    await database.drop();
  });

  const start = async () => {
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    const options = { type: 'postgres', url: url.href } as const;
    await using dataSource = await disposable(new DataSource(options));
    const host = {
      signals: new Signals(),
      onError: () => {},
      resolve: (): never => undefined as never,
    };
    using durable = durableSignals({ dataSource, workers: false }).attach(host);
    await durable.start();
    await durable.stop(0);
  };

  it('is told which grants it needs, and starts with them', async () => {
    await expect(start()).rejects.toThrow(SchemaPermissionError);
    await expect(start()).rejects.toThrow(`CREATE SCHEMA "signals" AUTHORIZATION "${role}"`);

    await owner.query('CREATE SCHEMA signals');
    await expect(start()).rejects.toThrow(`GRANT USAGE, CREATE ON SCHEMA "signals" TO "${role}"`);
    await owner.query(`GRANT USAGE, CREATE ON SCHEMA signals TO ${role}`);
    await start();
  });

  it('starts where somebody else has made them, with the grants that the message names', async () => {
    await owner.query('DROP SCHEMA IF EXISTS signals CASCADE');
    await (await DurableProcess.start(database, { workers: false })).stop();
    const granted = await start().then(
      () => '',
      (error: Error) => error.message,
    );
    const grants = granted.slice(granted.indexOf('and then: ') + 'and then: '.length);
    expect(grants).toMatch(/^GRANT USAGE .*; GRANT SELECT, INSERT, UPDATE, DELETE .*;$/);

    await owner.query(grants);
    await start();
  });

  it('adds what is missing beside tables that somebody else owns', async () => {
    await owner.query('DROP SCHEMA IF EXISTS signals CASCADE');
    await (await DurableProcess.start(database, { workers: false })).stop();
    await owner.query(`
      GRANT USAGE, CREATE ON SCHEMA signals TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA signals TO ${role};
      DROP TABLE signals.schema_version`);

    await start();

    expect(await owner.query('SELECT version FROM signals.schema_version')).toEqual([
      { version: 1 },
    ]);
  });
});

describe('clearDeliveries', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  const pay = ({ dataSource, signals }: DurableProcess) =>
    atomic(dataSource, () => signals.send(paid, { order: 'o-1' }));

  it('forgets what earlier runs have left, before and after a start', async () => {
    const heard: string[] = [];
    const connect = (signals: Signals) =>
      void signals.connect(paid, ({ order }) => void heard.push(order), {
        phase: 'durable',
        dispatchUid: 'hear',
      });
    const failing = (signals: Signals) =>
      void signals.connect(
        paid,
        () => {
          throw new Error('down');
        },
        { phase: 'durable', dispatchUid: 'fail', retries: 0 },
      );
    {
      await using first = await DurableProcess.start(database, { connect: failing });
      await clearDeliveries(first.dataSource);
      await pay(first);
      await until(async () => (await first.durable.deadLetters.count()) === 1);
    }
    {
      await using second = await DurableProcess.start(database, { workers: false, connect });
      await pay(second);
      await clearDeliveries(second.dataSource);
      expect(await second.durable.deadLetters.count()).toBe(0);
      expect(await second.jobs('hear')).toEqual([]);
    }

    await using third = await DurableProcess.start(database, { connect });
    await pay(third);
    await third.settled();
    expect(heard).toEqual(['o-1']);
  });

  it('does nothing where no tables were ever made', async () => {
    await using process = await DurableProcess.start(database, { workers: false });

    const clearing = clearDeliveries(process.dataSource, { schema: 'nowhere' });

    await expect(clearing).resolves.toBeUndefined();
  });

  it('is done at start where the data source drops its schema', async () => {
    const connect = (signals: Signals) =>
      void signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'hear' });
    {
      await using former = await DurableProcess.start(database, { workers: false, connect });
      await pay(former);
    }
    const options = { type: 'postgres', url: database.url, dropSchema: true } as const;
    await using dataSource = await disposable(new DataSource(options));
    const signals = new Signals();
    const host = { signals, onError: () => {}, resolve: (): never => undefined as never };
    using durable = durableSignals({ dataSource, workers: false }).attach(host);

    await durable.start();
    const { states } = await durable.counts();
    await durable.stop(0);

    expect(states.waiting).toBe(0);
  });
});

async function disposable(dataSource: DataSource): Promise<DataSource & AsyncDisposable> {
  await dataSource.initialize();
  return Object.assign(dataSource, { [Symbol.asyncDispose]: () => dataSource.destroy() });
}
