import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';
import {
  hostOf,
  relayTo,
  type IncomingDelivery,
  type PublishMessages,
  type RelayMessage,
} from 'nestjs-signals/integration';
import { incomingDelivery, RELAYING } from '../support/incoming.js';
import { closedGate, failureOf } from './support.js';

interface Paid {
  readonly order: string;
}

const paid = defineSignal<Paid>('orders.paid');

describe('A relay', () => {
  let signals: Signals;
  let calls: (readonly RelayMessage<Paid>[])[];

  beforeEach(() => {
    signals = new Signals();
    calls = [];
  });
  afterEach(() => adminOf(signals).close());

  const connect = (publish: PublishMessages<Paid>): void => {
    const relay = relayTo<Paid>((messages) => {
      calls.push(messages);
      return publish(messages);
    });
    signals.connect(paid, relay, RELAYING);
  };
  const deliver = (order: string, more: Partial<IncomingDelivery> = {}): Promise<unknown> => {
    const ids = { deliveryId: `delivery of ${order}`, eventId: `event of ${order}` };
    return hostOf(signals).receive(
      incomingDelivery(paid, { order }, { ...ids, ...more }),
      undefined,
    );
  };

  it('publishes what it is told side by side with one call', async () => {
    connect((messages) => messages.map(async () => {}));

    await Promise.all([deliver('o-1'), deliver('o-2'), deliver('o-3')]);
    await deliver('o-4');

    const published = calls.map((messages) => messages.map(({ payload }) => payload.order));
    expect(published).toEqual([['o-1', 'o-2', 'o-3'], ['o-4']]);
  });

  it('tells whose event it is, when it happened, and what was written beside the payload', async () => {
    connect((messages) => messages.map(async () => {}));

    await deliver('o-1');

    expect(calls).toEqual([
      [
        {
          id: 'delivery of o-1',
          eventId: 'event of o-1',
          signal: 'orders.paid',
          sender: 'Shop',
          occurredAt: '2026-01-02T03:04:05.678Z',
          payload: { order: 'o-1' },
          carrier: { traceparent: '00-1-2-01' },
        },
      ],
    ]);
  });

  it('names no sender where none was named', async () => {
    connect((messages) => messages.map(async () => {}));

    await deliver('o-1', { sender: null });

    expect(calls[0]?.[0]?.sender).toBeNull();
  });

  it('lets each delivery have the outcome of its own message', async () => {
    connect((messages) =>
      messages.map(async ({ payload: { order } }) => {
        if (order === 'o-2') throw new Error(`${order} is too large`);
      }),
    );

    const outcomes = await Promise.allSettled([deliver('o-1'), deliver('o-2'), deliver('o-3')]);

    expect(outcomes).toEqual([
      { status: 'fulfilled', value: undefined },
      { status: 'rejected', reason: new Error('o-2 is too large') },
      { status: 'fulfilled', value: undefined },
    ]);
  });

  it('fails all deliveries of a call that fails', async () => {
    const away = new Error('The broker is away.');
    connect(() => {
      throw away;
    });

    const failures = await Promise.all([failureOf(deliver('o-1')), failureOf(deliver('o-2'))]);

    expect(failures).toEqual([away, away]);
  });

  it('fails a delivery whose message nothing was answered for', async () => {
    connect(() => [Promise.resolve()]);

    const outcomes = await Promise.allSettled([deliver('o-1'), deliver('o-2')]);

    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { reason: new Error('The relay published fewer messages than it was given.') },
    ]);
  });

  it('lets go of a delivery whose attempt is aborted while the broker does not answer', async () => {
    const asked = closedGate();
    const answer = closedGate();
    connect((messages) => {
      asked.open();
      return messages.map(() => answer.opened);
    });
    const attempt = new AbortController();

    const delivered = failureOf(deliver('o-1', { abortSignal: attempt.signal }));
    await asked.opened;
    attempt.abort(new Error('It takes too long.'));

    expect(await delivered).toEqual(new Error('It takes too long.'));
    answer.open();
  });

  it('publishes nothing for an attempt that is over before its turn', async () => {
    connect((messages) => messages.map(async () => {}));
    const attempt = new AbortController();

    const before = failureOf(deliver('o-1', { abortSignal: AbortSignal.abort() }));
    const meanwhile = failureOf(deliver('o-2', { abortSignal: attempt.signal }));
    const delivered = deliver('o-3');
    attempt.abort();
    await Promise.all([before, meanwhile, delivered]);

    expect(calls.flat().map(({ payload }) => payload.order)).toEqual(['o-3']);
  });
});
