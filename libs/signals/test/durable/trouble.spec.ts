import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { WorkerChild } from './child/worker-process.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');
const A_PROCESS_STARTS = 180_000;
const HOUR = 3_600_000;

describe('Trouble', () => {
  let database: TestDatabase;
  const issue = (signals: Signals) =>
    void signals.connect(
      paid,
      ({ order }, { manager }) => manager.insert(LogLine, { text: order }),
      {
        phase: 'durable',
        dispatchUid: 'billing.issue',
      },
    );
  const mail = (signals: Signals) =>
    void signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'mail.receipt' });
  const pay = ({ dataSource, signals }: DurableProcess, order: string) =>
    atomic(dataSource, () => signals.send(paid, { order }));
  const letters = (process: DurableProcess) =>
    until(async () => {
      const found = await process.durable.deadLetters.list();
      return found.length > 0 && found;
    });
  const reports = (process: DurableProcess) =>
    process.reported.map(({ error }) => (error as Error).message);

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  let running: DurableProcess;
  beforeEach(async () => {
    running = await DurableProcess.start(database, { connect: issue });
  });
  afterEach(async () => {
    await running.dataSource.query('DELETE FROM signals.job');
    await running.dataSource.query('DELETE FROM signals.receiver');
    await running.dataSource.manager.clear(LogLine);
    await running.stop();
  });

  it.each([
    ['is poisoned', `'{"v": 1, "eventId": 5}'`, /incomplete: somebody has changed it/],
    ['is none of ours', `'[1, 2]'`, /whoever wrote it is not this library/],
    ['a later version wrote', `data || '{"v": 2}'`, /version 2, this build reads 1/],
  ])(
    'a delivery that %s is dead at once, and the next one is not held up',
    async (_, data, why) => {
      await running.durable.pause('billing.issue');
      await pay(running, 'bad');
      await running.dataSource.query(
        `UPDATE signals.job SET data = ${data} WHERE name <> 'dead-letters'`,
      );
      await pay(running, 'good');

      await running.durable.resume('billing.issue');
      const [dead] = await letters(running);
      await running.settled();

      expect(dead).toMatchObject({ receiver: 'billing.issue', attempts: 1 });
      expect(dead?.reason).toMatch(why);
      expect(await running.lines()).toEqual(['good']);
    },
  );

  it('a delivery for a receiver that is gone is reported, and becomes a dead letter', async () => {
    const older = await DurableProcess.start(database, { workers: false, connect: mail });
    await pay(older, 'o-1');
    await older.stop();

    await using worker = await DurableProcess.start(database, {
      connect: issue,
      orphanTimeout: 600,
    });
    const [dead] = await letters(worker);

    expect(dead).toMatchObject({ receiver: 'mail.receipt', attempts: 0 });
    expect(dead?.reason).toMatch(/renamed or removed/);
    expect(reports(worker)).toContainEqual(
      "1 deliveries waited for 'mail.receipt', which no process has.",
    );

    const { homeless } = await worker.durable.deadLetters.replay({});
    expect(homeless).toHaveLength(1);
    expect(await worker.durable.deadLetters.list()).toHaveLength(1);
  });

  it('a delivery for a receiver of a younger build waits for that build', async () => {
    await using younger = await DurableProcess.start(database, { workers: false, connect: mail });
    await pay(younger, 'o-1');

    await using older = await DurableProcess.start(database, { connect: issue });

    expect(reports(older)).toEqual([
      "1 deliveries wait for 'mail.receipt', which this process has not.",
    ]);
    expect(await older.durable.deadLetters.list()).toEqual([]);
    await using worker = await DurableProcess.start(database, { connect: mail });
    await worker.settled();
    expect((await worker.jobs('mail.receipt'))[0]?.state).toBe('completed');
  });

  it('a hint that is lost costs a poll, nothing more', async () => {
    await using deaf = await DurableProcess.start(database, { connect: issue });
    await until(() => deaf.durable.health().isListening);
    await running.durable.stop(1_000);

    await atomic(running.dataSource, () => running.signals.send(paid, { order: 'unheard' }));
    await deaf.settled();

    expect(await deaf.lines()).toEqual(['unheard']);
  });

  it(
    'a sender that is killed right after its COMMIT leaves its deliveries to others',
    async () => {
      await running.durable.stop(1_000);
      await using sender = await WorkerChild.start(database, { lastOrder: 'last', options: {} });
      await sender.death();

      await using worker = await DurableProcess.start(database, { connect: issue });
      await worker.settled();

      expect(await worker.lines()).toEqual(['last']);
    },
    A_PROCESS_STARTS,
  );

  it('a worker whose connections are all cut goes on by itself', async () => {
    await until(() => running.durable.health().isListening);
    await using operator = await DurableProcess.start(database, { workers: false });
    await operator.dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    await until(() => !running.durable.health().isListening);

    await pay(running, 'o-1');
    await running.settled();
    await until(() => running.durable.health().isListening);

    expect(await running.lines()).toEqual(['o-1']);
  });

  it.each([
    ['an hour slow', -HOUR],
    ['an hour fast', HOUR],
  ])(
    'a worker whose clock is %s does its work, once',
    async (_, skew) => {
      await running.durable.stop(1_000);
      await using worker = await WorkerChild.start(database, { skew, options: {} });
      await pay(running, 'o-1');
      await pay(running, 'o-2');

      await until(() => worker.began.length === 2);
      await until(async () => (await running.lines()).length === 2);

      expect((await running.lines()).toSorted()).toEqual(['o-1', 'o-2']);
      expect(worker.began.map(({ attempt }) => attempt)).toEqual([1, 1]);
    },
    A_PROCESS_STARTS,
  );
});
