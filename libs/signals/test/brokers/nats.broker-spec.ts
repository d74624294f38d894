import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { defineSignal, Signals, type DurableReceiverFunction } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { jetStreamRelay, NoStreamError } from 'nestjs-signals/nats';
import { failureOf } from '../core/support.js';
import { incomingDelivery, RELAYING } from '../support/incoming.js';
import { NatsBroker } from './nats-broker.js';

interface Paid {
  readonly order: string;
}

const paid = defineSignal<Paid>('orders.paid');

describe('A relay to NATS JetStream', () => {
  let broker: NatsBroker;

  beforeAll(async () => {
    broker = await NatsBroker.start();
  });
  afterAll(() => broker.stop());

  const deliver = (
    relay: DurableReceiverFunction<Paid>,
    deliveryId: string,
    payload: Paid,
  ): Promise<unknown> => {
    const signals = new Signals();
    signals.connect(paid, relay, RELAYING);
    return hostOf(signals).receive(incomingDelivery(paid, payload, { deliveryId }), undefined);
  };

  it('publishes where the message says, with what its options say', async () => {
    const relay = jetStreamRelay<Paid>(jetstream(broker.connection), {
      subject: ({ payload }) => `orders.${payload.order}.paid`,
      publishOptions: ({ carrier }) => {
        const traced = headers();
        for (const [key, value] of Object.entries(carrier)) traced.set(key, value);
        return { headers: traced };
      },
    });

    await deliver(relay, 'delivery-1', { order: 'o-1' });

    const stored = await broker.lastOf('orders.o-1.paid');
    expect(stored?.header.get('Nats-Msg-Id')).toBe('delivery-1');
    expect(stored?.header.get('traceparent')).toBe('00-1-2-01');
    expect(stored?.json()).toMatchObject({ id: 'delivery-1', payload: { order: 'o-1' } });
  });

  it('lets the stream drop a repetition', async () => {
    const relay = jetStreamRelay(jetstream(broker.connection), { subject: 'orders.repeated' });

    await deliver(relay, 'delivery-2', { order: 'first' });
    await deliver(relay, 'delivery-2', { order: 'again' });

    const stored = await broker.lastOf('orders.repeated');
    expect(stored?.json()).toMatchObject({ payload: { order: 'first' } });
  });

  it('says which subject no stream takes', async () => {
    const relay = jetStreamRelay(jetstream(broker.connection), { subject: 'parcels.sent' });

    const failure = await failureOf(deliver(relay, 'delivery-3', { order: 'o-1' }));

    expect(failure).toBeInstanceOf(NoStreamError);
    expect((failure as Error).message).toMatch(/^No stream takes the subject 'parcels\.sent'/);
  });

  it('fails alone where the subject of its message cannot be told', async () => {
    const relay = jetStreamRelay<Paid>(jetstream(broker.connection), {
      subject: ({ payload }) => {
        if (payload.order === '') throw new Error('There is no order.');
        return 'orders.told';
      },
    });
    const signals = new Signals();
    signals.connect(paid, relay, RELAYING);
    const receive = (deliveryId: string, order: string) =>
      hostOf(signals).receive(incomingDelivery(paid, { order }, { deliveryId }), undefined);

    const outcomes = await Promise.allSettled([receive('4', 'o-4'), receive('5', '')]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
