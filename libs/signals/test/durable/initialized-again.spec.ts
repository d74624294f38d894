import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { DataSourceNotInitializedError, durableSignals } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('The data source that keeps deliveries', () => {
  it('may be destroyed and initialized again, under workers that go on', async () => {
    const database = await createDurableDatabase();
    const heard: string[] = [];
    const running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(paid, ({ order }) => void heard.push(order), {
          phase: 'durable',
          dispatchUid: 'billing.bill',
        });
      },
    });
    await until(() => running.durable.health().isListening, 'workers listen');

    await running.dataSource.destroy();
    await running.dataSource.initialize();
    await atomic(running.dataSource, () => running.signals.send(paid, { order: 'one' }));

    await until(() => heard.length > 0, 'the delivery is heard');
    expect(heard).toEqual(['one']);
    await running.stop();
    await database.drop();
  });

  it('may be gone for a while, with the connection that listens', async () => {
    const database = await createDurableDatabase();
    const running = await DurableProcess.start(database);
    await until(() => running.durable.health().isListening, 'workers listen');
    const other = await new DataSource({ type: 'postgres', url: database.url }).initialize();

    await running.dataSource.destroy();
    await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await until(
      () => running.reported.some(({ error }) => String(error).includes('is not initialized')),
      'it is noticed',
    );
    await running.dataSource.initialize();

    const listens = () => running.durable.health().isListening;
    expect(await until(listens, 'workers listen again')).toBe(true);
    await running.stop();
    await other.destroy();
    await database.drop();
  });

  it('is refused at start when it is not initialized', async () => {
    const dataSource = new DataSource({ type: 'postgres' });
    using session = durableSignals({ dataSource }).attach({
      signals: new Signals(),
      onError: () => {},
      resolve: () => undefined,
    });

    await expect(session.start()).rejects.toThrow(DataSourceNotInitializedError);
    await session.stop(0);
  });
});
