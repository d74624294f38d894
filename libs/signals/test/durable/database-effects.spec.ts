import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  type DurableOptions,
  type DurableReceiverContext,
} from 'nestjs-signals/core';
import { NonRetryableError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { gate, until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');
const receipted = defineSignal<{ readonly order: string }>('billing.receipted');
type Receive = (order: string, context: DurableReceiverContext) => unknown;

describe('An effect on the database', () => {
  let database: TestDatabase;
  let running: DurableProcess;
  let contexts: DurableReceiverContext[];
  let receive: Receive;

  const start = async (options: DurableOptions<{ readonly order: string }> = {}) => {
    running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(
          paid,
          async ({ order }, context) => {
            contexts.push(context);
            await context.manager.insert(LogLine, { text: order });
            await signals.send(receipted, { order });
            await receive(order, context);
          },
          { ...options, phase: 'durable', dispatchUid: 'billing.issue' },
        );
        signals.connect(receipted, () => {}, { phase: 'durable', dispatchUid: 'mail.receipt' });
      },
    });
  };
  const pay = (...orders: readonly string[]) =>
    atomic(running.dataSource, async () => {
      for (const order of orders) await running.signals.send(paid, { order });
    });
  const states = async (receiver: string) =>
    (await running.jobs(receiver)).map(({ state }) => state);
  const sql = (text: string) => running.dataSource.query(text);

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    contexts = [];
    receive = () => undefined;
  });
  afterEach(async () => {
    await sql('DELETE FROM signals.job');
    await running.dataSource.manager.clear(LogLine);
    await running.stop();
  });

  it('commits what is written, what is sent in turn, and that it is done, together', async () => {
    await start();
    const written = gate();
    receive = () => written.opened;

    await pay('o-1');
    await until(() => contexts.length === 1);

    expect(await running.lines()).toEqual([]);
    expect(await states('billing.issue')).toEqual(['active']);
    expect(await states('mail.receipt')).toEqual([]);

    written.open();
    await running.settled();

    expect(await running.lines()).toEqual(['o-1']);
    expect(await states('billing.issue')).toEqual(['completed']);
    expect(await states('mail.receipt')).toEqual(['completed']);
  });

  it('tells what it causes which delivery was the cause', async () => {
    await start();

    await pay('o-1');
    await running.settled();

    const [receipt] = await running.jobs('mail.receipt');
    expect(contexts[0]?.causedBy).toBeUndefined();
    expect(receipt?.data.causedBy).toBe(contexts[0]?.deliveryId);
  });

  it('leaves nothing when an operator cancels the delivery meanwhile', async () => {
    await start();
    const written = gate();
    receive = () => written.opened;

    await pay('o-1');
    await until(() => contexts.length === 1);
    await sql(`UPDATE signals.job SET state = 'cancelled', completed_on = now()`);
    written.open();
    await until(() => contexts[0]?.manager.queryRunner?.isReleased);

    expect(await running.lines()).toEqual([]);
    expect(await states('billing.issue')).toEqual(['cancelled']);
    expect(await states('mail.receipt')).toEqual([]);
  });

  it('happens once when the lease runs out under a worker that goes on', async () => {
    await start();
    const written = gate();
    receive = (_, { attempt }) => (attempt === 1 ? written.opened : undefined);

    await pay('o-1');
    await until(() => contexts.length === 1);
    await sql(
      `UPDATE signals.job SET started_on = now() - interval '1 hour' WHERE state = 'active'`,
    );
    await until(async () => {
      await running.hurry();
      const [job] = await running.jobs('billing.issue');
      return job?.state === 'active' && job.retry_count === 1;
    });
    expect(contexts).toHaveLength(1);

    written.open();
    await running.settled();

    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await running.lines()).toEqual(['o-1']);
    expect(await states('mail.receipt')).toEqual(['completed']);
  });

  it('does not begin where it was done before', async () => {
    await start();
    await pay('o-1');
    await running.settled();

    await sql(`UPDATE signals.job SET state = 'retry', completed_on = NULL
               WHERE name = 'billing.issue'`);
    await running.settled();

    expect(contexts).toHaveLength(1);
    expect(await running.lines()).toEqual(['o-1']);
  });

  it('is bounded by the server, too, should the process hang', async () => {
    await start({ timeout: 7_000 });
    const bounds: unknown[] = [];
    receive = async (_, { manager }) => {
      bounds.push(
        ...(await manager.query("SELECT current_setting('transaction_timeout') AS bound")),
      );
    };

    await pay('o-1');
    await running.settled();

    expect(bounds).toEqual([{ bound: '12s' }]);
  });

  describe('in a batch', () => {
    it('shares one transaction when all go well', async () => {
      await start({ batch: 10, concurrency: 1 });
      const transactions = new Set<unknown>();
      receive = async (_, { manager }) => {
        const [row] = await manager.query<{ id: string }[]>(
          'SELECT pg_current_xact_id()::text AS id',
        );
        transactions.add(row?.id);
      };

      await pay('a', 'b', 'c', 'd');
      await running.settled();

      expect(transactions.size).toBe(1);
      expect((await running.lines()).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    });

    it('keeps the outcome of each delivery: those that fail leave nothing, the others are done', async () => {
      await start({ batch: 10, concurrency: 1, retries: 0 });
      receive = async (order, { manager }) => {
        if (order === 'b') await manager.query('SELECT 1 / 0');
        if (order === 'd') throw new NonRetryableError('No such order');
      };

      await pay('a', 'b', 'c', 'd', 'e');
      await running.settled();

      const dead = await running.durable.deadLetters.list();
      expect((await running.lines()).toSorted()).toEqual(['a', 'c', 'e']);
      expect(dead.map(({ reason }) => reason).toSorted()).toEqual([
        'No such order',
        'division by zero',
      ]);
      expect(await states('mail.receipt')).toEqual(Array(3).fill('completed'));
    });

    it('is not held up by a delivery that nobody can read', async () => {
      await start({ batch: 10, concurrency: 1 });
      await running.durable.pause('billing.issue');
      await pay('a', 'b', 'c');
      await sql(`UPDATE signals.job SET data = '"garbage"' WHERE data #>> '{payload,order}' = 'b'`);

      await running.durable.resume('billing.issue');
      await running.settled();

      const [dead] = await running.durable.deadLetters.list();
      expect(dead).toMatchObject({ receiver: 'billing.issue', attempts: 1, delivery: undefined });
      expect(dead?.reason).toMatch(/no delivery/);
      expect((await running.lines()).toSorted()).toEqual(['a', 'c']);
    });
  });
});
