import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from '../durable/durable-process.js';
import { TOO_LARGE, type Broker } from './broker.js';
import { NatsBroker } from './nats-broker.js';
import { RedisBroker } from './redis-broker.js';

const paid = defineSignal<{ readonly order: string; readonly note?: string }>('orders.paid');

describe.each([
  ['BullMQ on Redis', () => RedisBroker.start()],
  ['NATS JetStream', () => NatsBroker.start()],
])('Relaying to %s', (_, startBroker) => {
  let database: TestDatabase;
  let broker: Broker;
  let running: DurableProcess;
  let attempts: number[];
  let onAttempt: (attempt: number) => void;

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    broker = await startBroker();
    attempts = [];
    onAttempt = () => undefined;
  });
  afterEach(async () => {
    await running.stop();
    await broker.stop();
  });

  const start = async (options: { readonly retries?: number } = {}): Promise<void> => {
    running = await DurableProcess.start(database, {
      connect: (signals) =>
        signals.connect(
          paid,
          (payload, context) => {
            attempts.push(context.attempt);
            onAttempt(context.attempt);
            return broker.relay(payload, context);
          },
          { ...options, phase: 'durable', effect: 'relay', dispatchUid: 'orders.relayPaid' },
        ),
    });
  };
  const pay = (...orders: { readonly order: string; readonly note?: string }[]) =>
    atomic(running.dataSource, async () => {
      for (const order of orders) await running.signals.send(paid, order, { sender: 'Shop' });
    });
  const relayed = async () => (await broker.messages()).map(({ payload }) => payload);

  it('gives it the whole event, once, after the commit', async () => {
    await start();

    await atomic(running.dataSource, async () => {
      await running.signals.send(paid, { order: 'o-1' }, { sender: 'Shop' });
      expect(await broker.messages()).toEqual([]);
    });
    await running.settled();

    expect(await broker.messages()).toEqual([
      {
        id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        eventId: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7/),
        signal: 'orders.paid',
        sender: 'Shop',
        occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        payload: { order: 'o-1' },
        carrier: {},
      },
    ]);
    expect(running.reported).toEqual([]);
  });

  it('gives it nothing of what rolled back', async () => {
    await start();

    await atomic(running.dataSource, async () => {
      await running.signals.send(paid, { order: 'o-1' }, { sender: 'Shop' });
      throw new Error('no money');
    }).catch(() => undefined);
    await running.settled();

    expect(await broker.messages()).toEqual([]);
  });

  it('gives it each of many', async () => {
    await start();
    const orders = Array.from({ length: 250 }, (_each, index) => ({ order: `o-${index}` }));

    await pay(...orders);
    await running.settled();

    const messages = await broker.messages();
    expect(messages).toHaveLength(250);
    expect(new Set(messages.map(({ payload }) => (payload as { order: string }).order))).toEqual(
      new Set(orders.map(({ order }) => order)),
    );
  });

  it('tries again while it is away, and delivers when it is back', async () => {
    await start();
    const triedAgain = new Promise<void>((resolve) => {
      onAttempt = (attempt) => attempt === 2 && resolve();
    });
    await broker.kill();

    await pay({ order: 'o-1' });
    await triedAgain;
    await broker.restart();
    await running.settled();

    expect(await relayed()).toEqual([{ order: 'o-1' }]);
    expect(await running.durable.deadLetters.list()).toEqual([]);
  });

  it('fails alone with a message that it does not take', async () => {
    await start({ retries: 0 });

    await pay({ order: 'o-1' }, { order: 'o-2', note: TOO_LARGE }, { order: 'o-3' });
    await running.settled();

    expect(await relayed()).toEqual(expect.arrayContaining([{ order: 'o-1' }, { order: 'o-3' }]));
    expect(await broker.messages()).toHaveLength(2);
    expect(attempts).toEqual([1, 1, 1]);
    expect(await running.durable.deadLetters.list()).toMatchObject([
      { receiver: 'orders.relayPaid', delivery: { payload: { order: 'o-2' } } },
    ]);
  });
});
