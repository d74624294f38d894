import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, type DurableOptions, type Signals } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { gate, until } from './until.js';

interface Parcel {
  readonly name: string;
  readonly weight?: number;
}
const sent = defineSignal<Parcel>('parcels.sent');

describe('Several processes', () => {
  let database: TestDatabase;
  let heard: string[];
  let most: number;
  let busy: number;
  let work: (parcel: string) => Promise<unknown>;

  const connect =
    (who: string, options: DurableOptions<Parcel> = {}) =>
    (signals: Signals) =>
      void signals.connect(
        sent,
        async ({ name }) => {
          busy += 1;
          most = Math.max(most, busy);
          await work(`${who} ${name}`);
          heard.push(`${who} ${name}`);
          busy -= 1;
        },
        { ...options, phase: 'durable', dispatchUid: 'post.carry' },
      );
  const send = ({ dataSource, signals }: DurableProcess, ...names: readonly string[]) =>
    atomic(dataSource, async () => {
      for (const name of names) await signals.send(sent, { name });
    });

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    heard = [];
    busy = 0;
    most = 0;
    work = () => Promise.resolve();
  });
  afterEach(async () => {
    await using cleaner = await DurableProcess.start(database, { workers: false });
    await cleaner.dataSource.query('DELETE FROM signals.job');
    await cleaner.dataSource.query('DELETE FROM signals.receiver');
  });

  it('share the work, each delivery being done by one of them', async () => {
    const names = Array.from({ length: 20 }, (_, index) => String(index));
    await using one = await DurableProcess.start(database, { connect: connect('one') });
    await using other = await DurableProcess.start(database, { connect: connect('other') });
    const both = gate();
    const workers = new Set<string>();
    work = (parcel) => {
      workers.add(parcel.split(' ')[0] ?? '');
      if (workers.size === 2) both.open();
      return both.opened;
    };

    await send(one, ...names);
    await other.settled();

    expect(heard.map((parcel) => parcel.slice(parcel.indexOf(' ') + 1)).toSorted()).toEqual(
      names.toSorted(),
    );
    expect(workers).toEqual(new Set(['one', 'other']));
  });

  it('may be without workers, and then only send', async () => {
    await using sender = await DurableProcess.start(database, {
      workers: false,
      connect: connect('sender'),
    });
    await send(sender, 'a');
    expect(sender.durable.health()).toEqual({
      isStarted: true,
      hasWorkers: false,
      isListening: false,
    });

    await using worker = await DurableProcess.start(database, { connect: connect('worker') });
    await worker.settled();

    expect(heard).toEqual(['worker a']);
  });

  it('all pause a receiver, and resume it, when one of them is told to', async () => {
    await using one = await DurableProcess.start(database, { connect: connect('one') });
    await using other = await DurableProcess.start(database, { connect: connect('other') });
    await until(() => other.durable.health().isListening);

    await one.durable.pause('post.carry');
    await until(async () => (await other.durable.paused()).has('post.carry'));
    await until(() => !other.durable.isRunning('post.carry'));
    await send(one, 'a');
    expect((await one.jobs('post.carry'))[0]?.state).toBe('created');

    await one.durable.resume('post.carry');
    await other.settled();

    expect(heard).toHaveLength(1);
    expect(one.durable.isRunning('post.carry')).toBe(true);
  });

  it('stay paused when they start anew', async () => {
    await using one = await DurableProcess.start(database, { connect: connect('one') });
    await one.durable.pause('post.carry');

    await using other = await DurableProcess.start(database, { connect: connect('other') });

    expect(other.durable.isRunning('post.carry')).toBe(false);
  });

  it('run as many deliveries of a receiver at a time as its concurrency says', async () => {
    await using one = await DurableProcess.start(database, {
      connect: connect('one', { concurrency: 3 }),
    });
    const three = gate();
    work = async () => {
      if (busy === 3) three.open();
      await three.opened;
    };

    await send(one, 'a', 'b', 'c', 'd', 'e', 'f');
    await one.settled();

    expect(most).toBe(3);
  });

  it('run what has a higher priority first, and the rest in the order of its sends', async () => {
    await using one = await DurableProcess.start(database, {
      connect: connect('one', { concurrency: 1, priority: ({ weight = 0 }) => weight }),
    });
    await one.durable.pause('post.carry');
    await until(() => !one.durable.isRunning('post.carry'));
    await atomic(one.dataSource, async () => {
      for (const [name, weight] of [
        ['a', 0],
        ['b', 5],
        ['c', 0],
        ['d', 5],
      ] as const) {
        await one.signals.send(sent, { name, weight });
      }
    });

    await one.durable.resume('post.carry');
    await one.settled();

    expect(heard).toEqual(['one b', 'one d', 'one a', 'one c']);
  });

  it('leave what is delayed until it is due', async () => {
    await using one = await DurableProcess.start(database, {
      connect: connect('one', { delay: ({ weight = 0 }) => weight }),
    });
    await atomic(one.dataSource, () => one.signals.send(sent, { name: 'late', weight: 60_000 }));
    await send(one, 'now');
    await one.settled();

    const [late] = await one.jobs('post.carry');
    expect(heard).toEqual(['one now']);
    expect(late?.wait).toBeGreaterThan(30);

    await one.dataSource.query('UPDATE signals.job SET start_after = now()');
    await one.settled();
    expect(heard).toEqual(['one now', 'one late']);
  });

  it('are told of a commit by one notice beside it, never inside', async () => {
    await using one = await DurableProcess.start(database, {
      workers: false,
      connect: connect('one'),
    });
    const notices: string[] = [];
    const runner = one.dataSource.createQueryRunner();
    const client = (await runner.connect()) as {
      on(event: 'notification', listener: (notice: { payload: string }) => void): void;
    };
    client.on('notification', ({ payload }) => notices.push(payload));
    await runner.query('LISTEN signals_hint');

    await atomic(one.dataSource, async (manager) => {
      for (const name of ['a', 'b', 'c']) await one.signals.send(sent, { name });
      const [{ pending } = { pending: -1 }] = await manager.query<{ pending: number }[]>(
        `SELECT pg_notification_queue_usage()::integer AS pending`,
      );
      expect(pending).toBe(0);
    });
    await until(() => notices.length > 0);
    await runner.query('SELECT');

    expect(notices).toEqual(['post.carry']);
    await runner.release();
  });
});
