import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { NonRetryableError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { gate, until, type Gate } from './until.js';

const moved = defineSignal<{ readonly order: string; readonly step: number }>('orders.moved');

describe('Deliveries with a key', () => {
  let database: TestDatabase;
  let one: DurableProcess;
  let other: DurableProcess;
  let done: string[];
  let running: Map<string, number>;
  let most: number;
  let failing: Map<string, Error>;
  let held: Map<string, Gate>;

  const connect = (signals: Signals) =>
    void signals.connect(
      moved,
      async ({ order, step }) => {
        const now = (running.get(order) ?? 0) + 1;
        running.set(order, now);
        most = Math.max(most, now);
        try {
          await held.get(`${order}${step}`)?.opened;
          const error = failing.get(`${order}${step}`);
          if (error) throw error;
          done.push(`${order}${step}`);
        } finally {
          running.set(order, now - 1);
        }
      },
      {
        phase: 'durable',
        dispatchUid: 'shipping.follow',
        orderingKey: ({ order }) => order,
        concurrency: 3,
        retries: 3,
      },
    );
  const move = (order: string, step: number) =>
    atomic(one.dataSource, () => one.signals.send(moved, { order, step }));
  const of = (order: string) => done.filter((each) => each.startsWith(order));
  const dead = () => until(async () => (await one.durable.deadLetters.list())[0]);

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    done = [];
    running = new Map();
    most = 0;
    failing = new Map();
    held = new Map();
    one = await DurableProcess.start(database, { connect });
    other = await DurableProcess.start(database, { connect });
  });
  afterEach(async () => {
    await one.dataSource.query('DELETE FROM signals.job');
    await one.stop();
    await other.stop();
  });

  it('run one after the other, in the order of their commits, whoever races for them', async () => {
    const steps = Array.from({ length: 12 }, (_, index) => index);
    for (const step of steps) for (const order of ['a', 'b', 'c']) await move(order, step);
    await one.settled();

    for (const order of ['a', 'b', 'c']) {
      expect(of(order)).toEqual(steps.map((step) => `${order}${step}`));
    }
    expect(most).toBe(1);
  });

  it('run in the order of their sends when they were sent in one transaction', async () => {
    const steps = Array.from({ length: 8 }, (_, index) => index);
    await atomic(one.dataSource, async () => {
      for (const step of steps) await one.signals.send(moved, { order: 'a', step });
    });
    await one.settled();

    expect(done).toEqual(steps.map((step) => `a${step}`));
  });

  it('come after those of a transaction that theirs has waited for', async () => {
    const begun = gate();
    const locked = gate();
    const first = atomic(one.dataSource, async (manager) => {
      await manager.query('SELECT');
      begun.open();
      await locked.opened;
      await manager.query('SELECT pg_advisory_xact_lock(1)');
      await one.signals.send(moved, { order: 'a', step: 2 });
    });
    await begun.opened;
    held.set('z0', gate());
    await atomic(one.dataSource, async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(1)');
      await one.signals.send(moved, { order: 'a', step: 1 });
      locked.open();
    });
    await first;
    await one.settled();

    expect(done).toEqual(['a1', 'a2']);
  });

  it('wait for an earlier one that is tried again, and those of other keys do not', async () => {
    failing.set('a0', new Error('not yet'));
    await move('a', 0);
    await until(async () => (await one.jobs('shipping.follow'))[0]?.state === 'retry');
    await move('a', 1);
    await move('b', 0);
    await until(() => done.includes('b0'));

    expect(done).toEqual(['b0']);

    failing.clear();
    await one.hurry();
    await one.settled();

    expect(done).toEqual(['b0', 'a0', 'a1']);
  });

  it('wait for a dead letter of their key, which takes its old place when it is replayed', async () => {
    failing.set('a0', new NonRetryableError('no such order'));
    await move('a', 0);
    const letter = await dead();
    await move('a', 1);
    await move('b', 0);
    await until(() => done.includes('b0'));

    expect(done).toEqual(['b0']);

    failing.clear();
    await one.durable.deadLetters.replay({ ids: [letter.id] });
    await one.settled();

    expect(done).toEqual(['b0', 'a0', 'a1']);
  });

  it('go on without a dead letter that is discarded', async () => {
    failing.set('a0', new NonRetryableError('no such order'));
    await move('a', 0);
    const letter = await dead();
    await move('a', 1);

    await one.durable.deadLetters.discard({ ids: [letter.id] });
    await one.settled();

    expect(done).toEqual(['a1']);
  });

  it('keep key and order when they are replayed after the engine has forgotten them', async () => {
    failing.set('a0', new NonRetryableError('no such order'));
    await move('a', 0);
    const letter = await dead();
    held.set('b0', gate());
    await move('a', 1);
    await one.dataSource.query(`DELETE FROM signals.job WHERE state = 'failed'`);
    await until(() => done.includes('a1'));
    failing.clear();

    await one.durable.deadLetters.replay({ ids: [letter.id] });
    await one.settled();

    expect(letter.key).toBe('a');
    expect(done).toEqual(['a1', 'a0']);
  });
});
