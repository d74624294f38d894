import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  DurableOutsideTransactionError,
  type DurableReceiverContext,
} from 'nestjs-signals/core';
import { UnstorablePayloadError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

const paid = defineSignal<{ readonly order: string; readonly when?: unknown }>('orders.paid');
const receipted = defineSignal<{ readonly order: string }>('billing.receipted');

describe('A durable receiver', () => {
  let database: TestDatabase;
  let running: DurableProcess;
  let heard: string[];
  let contexts: DurableReceiverContext[];
  const pay = (order: string) =>
    atomic(running.dataSource, () => running.signals.send(paid, { order }, { sender: 'Shop' }));

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    heard = [];
    contexts = [];
    running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(
          paid,
          async ({ order }, context) => {
            contexts.push(context);
            await context.manager.insert(LogLine, { text: order });
            heard.push(order);
            if (order === 'chained') await signals.send(receipted, { order });
          },
          { phase: 'durable', dispatchUid: 'billing.issue' },
        );
        signals.connect(receipted, ({ order }) => void heard.push(`receipt of ${order}`), {
          phase: 'durable',
          dispatchUid: 'mail.receipt',
        });
      },
    });
  });
  afterEach(async () => {
    await running.dataSource.manager.clear(LogLine);
    await running.stop();
  });

  it('is given the payload once its transaction has committed, and works in one of its own', async () => {
    await atomic(running.dataSource, async () => {
      await running.signals.send(paid, { order: 'o-1' }, { sender: 'Shop' });
      expect(heard).toEqual([]);
    });
    await running.settled();

    expect(heard).toEqual(['o-1']);
    expect(await running.lines()).toEqual(['o-1']);
    expect(running.reported).toEqual([]);
  });

  it('is told who it is, whose event it has, and which attempt this is', async () => {
    await pay('o-1');
    await running.settled();

    expect(contexts[0]).toMatchObject({
      dispatchUid: 'billing.issue',
      phase: 'durable',
      attempt: 1,
    });
    expect(contexts[0]?.eventId).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
    expect(contexts[0]?.idempotencyKey).toBe(contexts[0]?.deliveryId);
    expect(contexts[0]?.abortSignal).toBeInstanceOf(AbortSignal);
    expect(contexts[0]?.sender).toBe('Shop');
  });

  it('hears nothing of a transaction that rolled back', async () => {
    await atomic(running.dataSource, async () => {
      await running.signals.send(paid, { order: 'o-1' }, { sender: 'Shop' });
      throw new Error('no money');
    }).catch(() => undefined);
    await running.settled();

    expect(heard).toEqual([]);
  });

  it('hears nothing of a savepoint that rolled back, and of the rest of the transaction', async () => {
    await atomic(running.dataSource, async () => {
      await running.signals.send(paid, { order: 'kept' }, { sender: 'Shop' });
      await atomic(running.dataSource, async () => {
        await running.signals.send(paid, { order: 'undone' }, { sender: 'Shop' });
        throw new Error('no money');
      }).catch(() => undefined);
    });
    await running.settled();

    expect(heard).toEqual(['kept']);
  });

  it('is no receiver of a send outside a transaction, which is refused', async () => {
    const sent = running.signals.send(paid, { order: 'o-1' }, { sender: 'Shop' });

    await expect(sent).rejects.toThrow(DurableOutsideTransactionError);
    await expect(sent).rejects.toThrow(/'orders\.paid' has durable receivers \(billing\.issue\)/);
  });

  it('may send to durable receivers in turn, in the transaction of its delivery', async () => {
    await pay('chained');
    await running.settled();

    expect(heard).toEqual(['chained', 'receipt of chained']);
  });

  it.each([
    ['a date', new Date(), 'an instance of Date at when'],
    ['a function', () => {}, 'a function at when'],
    ['a number that is none', Number.NaN, 'NaN at when'],
    ['something deep inside', { list: [1n] }, 'a bigint at when.list.0'],
  ])('cannot be told %s, which JSON would not bring back', async (_, when, where) => {
    const sent = atomic(running.dataSource, () =>
      running.signals.send(paid, { order: 'o-1', when }, { sender: 'Shop' }),
    );

    await expect(sent).rejects.toThrow(UnstorablePayloadError);
    await expect(sent).rejects.toThrow(where);
  });
});
