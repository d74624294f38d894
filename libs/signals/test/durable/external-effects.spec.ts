import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import {
  defineSignal,
  type DurableOptions,
  type DurableReceiverContext,
} from 'nestjs-signals/core';
import { NonRetryableError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { WorkerChild, type Order } from './child/worker-process.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<Order>('orders.paid');
type Receive = (order: string, context: DurableReceiverContext) => unknown;

const A_PROCESS_STARTS = 180_000;

describe('An external effect', () => {
  let database: TestDatabase;
  let contexts: DurableReceiverContext[];
  let receive: Receive;
  let running: DurableProcess | undefined;

  const start = async (
    options: Pick<DurableOptions, 'onUnknownOutcome' | 'timeout' | 'concurrency'>,
    workers = true,
  ) => {
    running = await DurableProcess.start(database, {
      workers,
      connect: (signals) => {
        signals.connect(
          paid,
          ({ order }, context) => {
            contexts.push(context);
            return receive(order, context);
          },
          {
            onUnknownOutcome: 'retry',
            ...options,
            effect: 'external',
            phase: 'durable',
            dispatchUid: 'billing.issue',
          },
        );
      },
    });
    return running;
  };
  const pay = ({ dataSource, signals }: DurableProcess, order: string) =>
    atomic(dataSource, () => signals.send(paid, { order }));
  const ledger = async ({ dataSource }: DurableProcess) => {
    const rows = await dataSource.query<{ state: string }[]>('SELECT state FROM signals.effect');
    return rows.map(({ state }) => state);
  };
  const letter = ({ durable }: DurableProcess) =>
    until(async () => (await durable.deadLetters.list())[0]);

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    contexts = [];
    receive = () => undefined;
  });
  afterEach(async () => {
    await running?.dataSource.query('DELETE FROM signals.job');
    await running?.dataSource.query('DELETE FROM signals.effect');
    await running?.stop();
  });

  it('is noted before and after, and holds no transaction meanwhile', async () => {
    const process = await start({});
    const noted: unknown[] = [];
    receive = async (_, { manager }) => {
      noted.push(manager.queryRunner, ...(await ledger(process)));
    };

    await pay(process, 'o-1');
    await process.settled();

    expect(noted).toEqual([undefined, 'sending']);
    expect(await ledger(process)).toEqual(['done']);
    expect((await process.jobs('billing.issue'))[0]?.state).toBe('completed');
  });

  it('that failed is tried again under the same idempotency key', async () => {
    const process = await start({ onUnknownOutcome: 'dead-letter' });
    receive = (_, { attempt }) => {
      if (attempt < 3) throw new Error('The provider is down');
    };

    await pay(process, 'o-1');
    await until(async () => {
      await process.hurry();
      return contexts.length === 3;
    });
    await process.settled();

    expect(new Set(contexts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await ledger(process)).toEqual(['done']);
  });

  it('that cannot succeed is dead at once, and may be replayed', async () => {
    const process = await start({ onUnknownOutcome: 'dead-letter' });
    receive = (_, { attempt }) => {
      if (attempt === 1) throw new NonRetryableError('No such mailbox');
    };

    await pay(process, 'o-1');
    expect(await letter(process)).toMatchObject({ attempts: 1, reason: 'No such mailbox' });
    await process.durable.deadLetters.replay({});
    await process.settled();

    expect(contexts).toHaveLength(2);
    expect(contexts[1]?.idempotencyKey).toBe(contexts[0]?.idempotencyKey);
  });

  it('that was done is not repeated, whoever delivers it again', async () => {
    const process = await start({});
    await pay(process, 'o-1');
    await process.settled();

    await process.dataSource.query(
      `UPDATE signals.job SET state = 'retry', completed_on = NULL WHERE name = 'billing.issue'`,
    );
    await process.settled();

    expect(contexts).toHaveLength(1);
  });

  it(
    'is repeated when its worker was killed in the middle, where that is harmless',
    async () => {
      await using worker = await WorkerChild.start(database, {
        options: { effect: 'external', onUnknownOutcome: 'retry', timeout: 1_000 },
      });
      const sender = await start({ timeout: 1_000 }, false);
      await pay(sender, 'hang');
      await until(() => worker.began.length === 1);
      await worker.kill();
      await sender.stop();

      const other = await start({ timeout: 1_000 });
      await until(async () => {
        await other.hurry();
        return contexts.length === 1;
      });
      await other.settled();

      expect(contexts[0]).toMatchObject({ attempt: 2, idempotencyKey: worker.began[0]?.key });
      expect(await ledger(other)).toEqual(['done']);
    },
    A_PROCESS_STARTS,
  );

  it(
    'is left to a human when its worker was killed in the middle, where it is not',
    async () => {
      await using worker = await WorkerChild.start(database, {
        options: { effect: 'external', onUnknownOutcome: 'dead-letter', timeout: 1_000 },
      });
      const sender = await start({ onUnknownOutcome: 'dead-letter', timeout: 1_000 }, false);
      await pay(sender, 'hang');
      await until(() => worker.began.length === 1);
      await worker.kill();
      await sender.stop();

      const other = await start({ onUnknownOutcome: 'dead-letter', timeout: 1_000 });
      const dead = await until(async () => {
        await other.hurry();
        return (await other.durable.deadLetters.list())[0];
      });

      expect(dead.reason).toMatch(/ended without a trace, so its effect may have happened/);
      expect(contexts).toEqual([]);

      await other.durable.deadLetters.replay({ ids: [dead.id] });
      await other.settled();

      expect(contexts[0]?.idempotencyKey).toBe(worker.began[0]?.key);
    },
    A_PROCESS_STARTS,
  );

  it('that ends after its time is known to be done all the same', async () => {
    const process = await start({ timeout: 1_000 });
    receive = async (_, { abortSignal }) => {
      if (contexts.length === 1) await once(abortSignal, 'abort');
    };

    await pay(process, 'o-1');
    await until(async () => (await ledger(process))[0] === 'done');
    await until(async () => {
      await process.hurry();
      return (await process.jobs('billing.issue'))[0]?.state === 'completed';
    });

    expect(contexts).toHaveLength(1);
  });
});
