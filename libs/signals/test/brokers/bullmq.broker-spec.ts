import { Inject, Injectable } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Queue } from 'bullmq';
import { defineSignal, Signals, type DurableReceiverContext } from 'nestjs-signals/core';
import { hostOf, type RelayMessage } from 'nestjs-signals/integration';
import { bullmqRelay } from 'nestjs-signals/bullmq';
import { DurableReceiver, durableSignals } from 'nestjs-signals/durable';
import { settled } from 'nestjs-signals/testing';
import { atomic, typeOrmSignals } from 'nestjs-signals/typeorm';
import { DataSource } from 'typeorm';
import { createDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from '../durable/durable-process.js';
import { start } from '../nestjs/support.js';
import { incomingDelivery, RELAYING } from '../support/incoming.js';
import { RedisBroker } from './redis-broker.js';

interface Paid {
  readonly order: string;
}

const paid = defineSignal<Paid>('orders.paid');

@Injectable()
class OrderRelay {
  private readonly relay = bullmqRelay<Paid>(this.queue);

  constructor(@Inject(Queue) private readonly queue: Queue) {}

  @DurableReceiver(paid, RELAYING)
  relayPaid(order: Paid, context: DurableReceiverContext): unknown {
    return this.relay(order, context);
  }
}

describe('A relay to a queue of BullMQ', () => {
  let broker: RedisBroker;

  beforeEach(async () => {
    broker = await RedisBroker.start();
  });
  afterEach(() => broker.stop());

  it('adds a job that has the name of the signal, and the id of the delivery', async () => {
    const signals = new Signals();
    signals.connect(paid, broker.relay, RELAYING);
    const incoming = incomingDelivery(paid, { order: 'o-1' });

    await hostOf(signals).receive(incoming, undefined);

    const job = await broker.queue.getJob(incoming.deliveryId);
    expect(job).toMatchObject({ name: 'orders.paid', data: { payload: { order: 'o-1' } } });
  });

  it('lets the queue keep the first of jobs with one id', async () => {
    const signals = new Signals();
    signals.connect(paid, broker.relay, RELAYING);

    await hostOf(signals).receive(incomingDelivery(paid, { order: 'first' }), undefined);
    await hostOf(signals).receive(incomingDelivery(paid, { order: 'again' }), undefined);

    expect((await broker.messages()).map(({ payload }) => payload)).toEqual([{ order: 'first' }]);
  });

  it('gives the job the options that its message asks for', async () => {
    const signals = new Signals();
    const jobOptions = ({ payload }: RelayMessage<Paid>) => ({
      priority: payload.order.length,
      attempts: 7,
    });
    signals.connect(paid, bullmqRelay<Paid>(broker.queue, { jobOptions }), RELAYING);
    const incoming = incomingDelivery(paid, { order: 'o-1' });

    await hostOf(signals).receive(incoming, undefined);

    const job = await broker.queue.getJob(incoming.deliveryId);
    expect(job?.opts).toMatchObject({ priority: 3, attempts: 7 });
  });

  it('adds the deliveries of a batch with one call', async () => {
    const database = await createDurableDatabase();
    const addBulk = jest.spyOn(broker.queue, 'addBulk');
    const add = jest.spyOn(broker.queue, 'add');
    {
      await using running = await DurableProcess.start(database, {
        connect: (signals) =>
          void signals.connect(paid, broker.relay, { ...RELAYING, concurrency: 1 }),
      });

      await atomic(running.dataSource, async () => {
        for (let index = 0; index < 100; index += 1) {
          await running.signals.send(paid, { order: `o-${index}` });
        }
      });
      await running.settled();
    }

    expect(addBulk.mock.calls.map(([jobs]) => jobs.length)).toEqual([100]);
    expect(add).not.toHaveBeenCalled();
    await database.drop();
  });

  it('may be the work of a method of a provider, which is given the queue', async () => {
    const database = await createDatabase();
    const orm = TypeOrmModule.forRoot({ type: 'postgres', url: database.url });
    const application = await start(
      { imports: [orm], providers: [OrderRelay, { provide: Queue, useValue: broker.queue }] },
      { integrations: [typeOrmSignals(), durableSignals()] },
    );
    const signals = application.get(Signals);

    await atomic(application.get(DataSource), () => signals.send(paid, { order: 'o-1' }));
    await settled(signals);

    expect((await broker.messages()).map(({ payload }) => payload)).toEqual([{ order: 'o-1' }]);
    await application.close();
    await database.drop();
  });
});
