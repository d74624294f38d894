import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, type DurableOptions } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('What a durable receiver defers', () => {
  let database: TestDatabase;
  let running: DurableProcess;
  let ran: string[];
  let isFailing: boolean;
  const start = async (options: DurableOptions<{ readonly order: string }>) => {
    running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(
          paid,
          async (_, { manager, onCommit, onRollback }) => {
            await manager.insert(LogLine, { text: 'written' });
            onCommit(
              async () =>
                void ran.push(`committed with ${await running.dataSource.manager.count(LogLine)}`),
            );
            onRollback(
              async () =>
                void ran.push(`undone with ${await running.dataSource.manager.count(LogLine)}`),
            );
            if (isFailing) throw new Error('down');
          },
          { phase: 'durable', dispatchUid: 'issue', retries: 1, ...options },
        );
      },
    });
    await atomic(running.dataSource, () => running.signals.send(paid, { order: 'o-1' }));
  };

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    ran = [];
  });
  afterEach(async () => {
    await running.dataSource.query('DELETE FROM signals.job');
    await running.dataSource.manager.clear(LogLine);
    await running.stop();
  });

  it.each([
    ['alone', {}],
    ['in a batch', { batch: 5 }],
  ])('runs by the end of the transaction of its attempt, taken %s', async (_, options) => {
    isFailing = true;
    await start(options);
    await until(() => ran.length > 0);
    await until(async () => (await running.jobs('issue'))[0]?.state === 'retry');
    isFailing = false;
    await running.hurry();
    await until(() => ran.some((what) => what.startsWith('committed')));
    await running.settled();

    expect(new Set(ran)).toEqual(new Set(['undone with 0', 'committed with 1']));
    expect(ran.filter((what) => what.startsWith('committed'))).toHaveLength(1);
    expect(await running.openTransactions()).toBe(0);
  });
});
