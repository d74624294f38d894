import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { durableSignals, NonRetryableError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('Whom a database keeps deliveries for', () => {
  let database: TestDatabase;
  const pay = ({ dataSource, signals }: DurableProcess) =>
    atomic(dataSource, () => signals.send(paid, { order: 'o-1' }));

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());

  it('is nobody where no engine has made its tables', async () => {
    await using process = await DurableProcess.start(database, { workers: false });
    const elsewhere = durableSignals({ schema: 'elsewhere' });

    expect(await elsewhere.addressees(process.dataSource)).toEqual([]);
  });

  it('is told with what waits and what is dead, and without what is done', async () => {
    await using worker = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'done' });
        signals.connect(
          paid,
          () => {
            throw new NonRetryableError('no');
          },
          { phase: 'durable', dispatchUid: 'failing' },
        );
      },
    });
    await pay(worker);
    await until(async () => (await worker.durable.deadLetters.list()).length > 0);
    await worker.settled();
    await worker.stop();

    await using sender = await DurableProcess.start(database, {
      workers: false,
      connect: (signals) => {
        signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'waiting' });
      },
    });
    await pay(sender);
    await pay(sender);

    const address = { signal: 'orders.paid', sender: 'any sender', namesake: undefined };
    expect(await durableSignals().addressees(sender.dataSource)).toEqual([
      { ...address, receiver: 'failing', waiting: 0, dead: 1 },
      { ...address, receiver: 'waiting', waiting: 2, dead: 0 },
    ]);
  });
});
