import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { defineSignal, type DurableReceiverContext } from 'nestjs-signals/core';
import { NonRetryableError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');
type Receive = (order: string, context: DurableReceiverContext) => Promise<unknown>;

describe('A delivery that fails', () => {
  let database: TestDatabase;
  let running: DurableProcess;
  let attempts: DurableReceiverContext[];
  let receive: Receive;
  const pay = (order: string) =>
    atomic(running.dataSource, () => running.signals.send(paid, { order }));
  const states = async (receiver: string) =>
    (await running.jobs(receiver)).map(({ state }) => state);

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    attempts = [];
    running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(
          paid,
          ({ order }, context) => {
            attempts.push(context);
            return receive(order, context);
          },
          { phase: 'durable', dispatchUid: 'quick', retries: 2, timeout: 1_000 },
        );
      },
    });
  });
  afterEach(async () => {
    await running.dataSource.manager.clear(LogLine);
    await running.dataSource.query(`DELETE FROM signals.job`);
    await running.stop();
  });

  it('is tried again, knows which attempt it is, and leaves no row of those that failed', async () => {
    receive = async (order, { manager, attempt }) => {
      await manager.insert(LogLine, { text: `${order} ${attempt}` });
      if (attempt < 3) throw new Error('not yet');
    };

    await pay('o-1');
    await until(async () => {
      await running.hurry();
      return attempts.length === 3;
    });
    await running.settled();

    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(attempts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await running.lines()).toEqual(['o-1 3']);
  });

  it('waits about twice as long before each further attempt', async () => {
    const waits: number[] = [];
    receive = () => Promise.reject(new Error('not yet'));

    await pay('o-1');
    for (const count of [1, 2]) {
      const [job] = await until(async () => {
        const jobs = await running.jobs('quick');
        return jobs[0]?.state === 'retry' && attempts.length === count && jobs;
      });
      waits.push(job?.wait ?? 0);
      await running.hurry();
    }

    const [first = 0, second = 0] = waits;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(2);
    expect(second).toBeGreaterThan(1);
    expect(second).toBeLessThanOrEqual(4);
  });

  it('is dead after the last of its retries', async () => {
    receive = () => Promise.reject(new Error('no such customer'));

    await pay('o-1');
    const [dead] = await until(async () => {
      await running.hurry();
      const found = await running.durable.deadLetters.list();
      return found.length > 0 && found;
    });

    expect(attempts).toHaveLength(3);
    expect(dead).toMatchObject({ attempts: 3, reason: 'no such customer' });
  });

  it('is told of at each attempt, with its cause and how many are left', async () => {
    const cause = new Error('the mail server is down');
    receive = () => Promise.reject(cause);

    await pay('o-1');
    await until(async () => {
      await running.hurry();
      return (await running.durable.deadLetters.list()).length > 0;
    });

    expect(running.reported).toEqual([
      { error: cause, what: `Durable receiver 'quick' failed at attempt 1 of 3` },
      { error: cause, what: `Durable receiver 'quick' failed at attempt 2 of 3` },
      { error: cause, what: `Durable receiver 'quick' failed for good at attempt 3 of 3` },
    ]);
  });

  it('is told of as failed for good when retries are of no use', async () => {
    const cause = new NonRetryableError('the account is closed');
    receive = () => Promise.reject(cause);

    await pay('o-1');
    await until(async () => (await running.durable.deadLetters.list()).length > 0);

    expect(running.reported).toEqual([
      { error: cause, what: `Durable receiver 'quick' failed for good at attempt 1 of 3` },
    ]);
  });

  it('is dead at once when its receiver says that retries are of no use', async () => {
    receive = async (order, { manager }) => {
      await manager.insert(LogLine, { text: order });
      throw new NonRetryableError('the account is closed');
    };

    await pay('o-1');
    const [dead] = await until(async () => {
      const found = await running.durable.deadLetters.list();
      return found.length > 0 && found;
    });

    expect(attempts).toHaveLength(1);
    expect(dead).toMatchObject({ attempts: 1, reason: 'the account is closed' });
    expect(await running.lines()).toEqual([]);
  });

  it('is aborted when it takes too long, which counts as an attempt', async () => {
    receive = async (order, { manager, attempt, abortSignal }) => {
      if (attempt === 1) await once(abortSignal, 'abort');
      await manager.insert(LogLine, { text: `${order} ${attempt}` });
    };

    await pay('o-1');
    await until(async () => {
      await running.hurry();
      return attempts.length === 2;
    });
    await running.settled();

    expect(attempts[0]?.abortSignal.aborted).toBe(true);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await states('quick')).toEqual(['completed']);
    expect(await running.lines()).toEqual(['o-1 2']);
  });

  it('cannot write any more once it was given up, in whatever savepoint', async () => {
    const late: Promise<unknown>[] = [];
    receive = async (order, { manager, attempt, abortSignal }) => {
      if (attempt > 1) return;
      const send = () => running.signals.send(paid, { order: 'late' });
      await manager.transaction(async (inner) => {
        await once(abortSignal, 'abort');
        late.push(inner.insert(LogLine, { text: order }), send());
        await until(() => inner.queryRunner?.isReleased);
        late.push(inner.insert(LogLine, { text: order }), send());
        await Promise.all(late);
      });
    };

    await pay('o-1');
    await until(async () => {
      await running.hurry();
      return attempts.length === 2;
    });
    await running.settled();

    const outcomes = await Promise.allSettled(late);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(await running.lines()).toEqual([]);
    expect(await states('quick')).toEqual(['completed']);
    expect(await running.openTransactions()).toBe(0);
  });
});
