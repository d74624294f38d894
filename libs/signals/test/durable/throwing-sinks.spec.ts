import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { DataSource } from 'typeorm';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { durableSignals } from 'nestjs-signals/durable';
import { atomic, typeOrmSignals } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase } from './durable-process.js';
import { until } from './until.js';

const go = defineSignal<{ readonly n: number }>('tests.go');

describe('An error sink that fails', () => {
  let database: TestDatabase;
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    process.on('unhandledRejection', note);
    process.on('uncaughtException', note);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
  });

  it.each<[string, () => never | Promise<never>]>([
    [
      'at once',
      () => {
        throw new Error('the sink is broken');
      },
    ],
    ['later', () => Promise.reject(new Error('the sink is broken'))],
  ])('%s ends nothing: workers go on over failures and lost connections', async (_, fail) => {
    let told = 0;
    const onError = () => {
      told += 1;
      return fail() as never;
    };
    const options = { type: 'postgres', url: database.url, poolSize: 12 } as const;
    const dataSource = await new DataSource(options).initialize();
    const signals = new Signals({ onError });
    const host = { signals, onError, resolve: (): never => undefined as never };
    using _typeorm = typeOrmSignals({ dataSources: { default: dataSource } }).attach(host);
    using durable = durableSignals({ dataSource, pollInterval: 500, orphanTimeout: 600 }).attach(
      host,
    );
    const heard: number[] = [];
    signals.connect(
      go,
      ({ n }, { attempt }) => {
        if (attempt === 1) throw new Error('once');
        heard.push(n);
      },
      { phase: 'durable', dispatchUid: 'second.time' },
    );
    await durable.start();
    await durable.ready();
    const send = (n: number) => atomic(dataSource, () => signals.send(go, { n }));

    await send(1);
    await until(() => heard.length === 1);
    // Whatever the engine does just then fails, and the listener is cut off.
    await dataSource.query(
      `ALTER TABLE signals.job RENAME TO job_elsewhere;
       SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    const before = told;
    await until(() => told > before + 2);
    await dataSource.query('ALTER TABLE signals.job_elsewhere RENAME TO job');
    await send(2);
    await until(() => heard.length === 2);
    await until(() => durable.health().isListening);

    await durable.stop(5_000);
    await dataSource.destroy();
    expect(unhandled).toEqual([]);
  });
});
