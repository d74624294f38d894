import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { gate, until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('Stopping', () => {
  let database: TestDatabase;
  let began: string[];
  let finish = gate();

  const connect = (signals: Signals) =>
    void signals.connect(
      paid,
      async ({ order }, { manager, attempt }) => {
        began.push(`${order} ${attempt}`);
        await manager.insert(LogLine, { text: `${order} ${attempt}` });
        if (attempt === 1) await finish.opened;
      },
      { phase: 'durable', dispatchUid: 'billing.issue', concurrency: 1 },
    );
  const pay = ({ dataSource, signals }: DurableProcess, order: string) =>
    atomic(dataSource, () => signals.send(paid, { order }));

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    began = [];
    finish = gate();
  });
  afterEach(async () => {
    await using cleaner = await DurableProcess.start(database, { workers: false });
    await cleaner.dataSource.query('DELETE FROM signals.job');
    await cleaner.dataSource.manager.clear(LogLine);
  });

  it('finishes what is under way, and takes nothing more', async () => {
    const worker = await DurableProcess.start(database, { connect });
    await pay(worker, 'o-1');
    await until(() => began.length === 1);
    await pay(worker, 'o-2');

    const stopped = worker.durable.stop(10_000);
    finish.open();
    await stopped;

    expect(await worker.lines()).toEqual(['o-1 1']);
    expect((await worker.jobs('billing.issue')).map(({ state }) => state)).toEqual([
      'completed',
      'created',
    ]);
    await worker.stop();
  });

  it('gives back what is not finished by the deadline, and another process does it', async () => {
    const worker = await DurableProcess.start(database, { connect });
    await pay(worker, 'o-1');
    await until(() => began.length === 1);

    await worker.durable.stop(0);
    await using other = await DurableProcess.start(database, { connect });
    await until(async () => {
      await other.hurry();
      return began.length === 2;
    });
    await other.settled();
    finish.open();
    await worker.stop();

    expect(began).toEqual(['o-1 1', 'o-1 2']);
    expect(await other.lines()).toEqual(['o-1 2']);
  });

  it('lets requests that are still answered write deliveries', async () => {
    const worker = await DurableProcess.start(database, { connect });
    await worker.durable.stop(1_000);

    await pay(worker, 'o-1');

    expect(await worker.jobs('billing.issue')).toHaveLength(1);
    await worker.stop();
  });

  it('leaves no timer, no listener and no connection behind', async () => {
    const before = resources();
    const worker = await DurableProcess.start(database, { connect });
    finish.open();
    await pay(worker, 'o-1');
    await worker.settled();

    await worker.stop();
    // Sockets say good-bye before they are gone.
    const left = until(() => resources().length <= before.length);

    await expect(left).resolves.toBe(true);
  });
});

/** What keeps the process alive, by kind. */
function resources(): readonly string[] {
  const kinds = /Timeout|TCP|Pipe/;
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kinds.test(kind))
    .toSorted();
}
