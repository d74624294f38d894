import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  Signals,
  SignalsClosedError,
  adminOf,
  type DurableReceiverContext,
} from 'nestjs-signals/core';
import { hostOf, UnknownReceiverError, type IncomingDelivery } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { closedGate } from './support.js';

class Order {}

const paid = defineSignal<{ readonly order: string }>('orders.paid');
const durable = { phase: 'durable', dispatchUid: 'issue' } as const;

const incoming: IncomingDelivery = {
  signal: 'orders.paid',
  sentTo: 'any sender',
  dispatchUid: 'issue',
  sender: 'Shop',
  payload: { order: 'o-1' },
  deliveryId: 'delivery 1',
  eventId: 'event 1',
  causedBy: 'delivery 0',
  occurredAt: new Date('2026-01-02T03:04:05.678Z'),
  carrier: {},
  attempt: 3,
  abortSignal: new AbortController().signal,
};

describe('A delivery that a worker has taken', () => {
  let signals: Signals;
  let database: FakeDatabase;

  beforeEach(() => {
    signals = new Signals();
    database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
  });

  it('is handed to its receiver alone, whose answer it has', async () => {
    signals.connect(paid, () => 'of another id', { ...durable, dispatchUid: 'mail' });
    signals.connect(paid, () => 'of another sender', { ...durable, sender: Order });
    signals.connect(defineSignal('orders.shipped'), () => 'no', durable);
    signals.connect(paid, () => 'of another phase', { dispatchUid: 'audit' });
    signals.connect(paid, ({ order }) => `issued ${order}`, { ...durable, sender: 'Shop' });

    const ofShop = { ...incoming, sentTo: 'Shop' };
    expect(await hostOf(signals).receive(ofShop, undefined)).toBe('issued o-1');
    expect(await hostOf(signals).receive({ ...incoming, sentTo: 'Order' }, undefined)).toBe(
      'of another sender',
    );
  });

  it('tells its receiver who it is and which attempt at which event this is', async () => {
    const contexts: DurableReceiverContext[] = [];
    signals.connect(paid, (_, context) => void contexts.push(context), durable);

    await hostOf(signals).receive(incoming, undefined);

    const [context] = contexts as [DurableReceiverContext];
    const { abortSignal, attempt, deliveryId, eventId, causedBy, idempotencyKey } = context;
    expect(context).toMatchObject({ signal: paid, sender: 'Shop', dispatchUid: 'issue' });
    expect({ abortSignal, attempt, deliveryId, eventId, causedBy, idempotencyKey }).toEqual({
      abortSignal: incoming.abortSignal,
      attempt: 3,
      deliveryId: 'delivery 1',
      eventId: 'event 1',
      causedBy: 'delivery 0',
      idempotencyKey: 'delivery 1',
    });
  });

  it('comes from the class that its receiver waits for, not from a name', async () => {
    signals.connect(paid, (_, { sender }) => sender, { ...durable, sender: Order });

    expect(await hostOf(signals).receive({ ...incoming, sentTo: 'Order' }, undefined)).toBe(Order);
  });

  it('works in the transaction that is named, and so does what the receiver sends', async () => {
    const receipted = defineSignal<object>('billing.receipted');
    const managers: unknown[] = [];
    signals.connect(receipted, (_, { manager }) => void managers.push(manager));
    signals.connect(
      paid,
      async (_, { manager, onCommit }) => {
        managers.push(manager);
        onCommit(() => managers.push('committed'));
        await signals.send(receipted, {});
      },
      durable,
    );

    await database.transaction((manager) => hostOf(signals).receive(incoming, manager), {
      hidden: true,
    });

    expect(managers).toEqual(['manager 1', 'manager 1', 'committed']);
  });

  it('works with what is named where that is no transaction', async () => {
    signals.connect(paid, (_, { manager }) => manager, durable);

    expect(await hostOf(signals).receive(incoming, 'a bare connection')).toBe('a bare connection');
  });

  it('fails with what its receiver throws', async () => {
    const failure = new Error('no paper');
    signals.connect(
      paid,
      () => {
        throw failure;
      },
      durable,
    );

    await expect(hostOf(signals).receive(incoming, undefined)).rejects.toBe(failure);
  });

  it('is under way by the name of its receiver until that has ended, so that a closing waits', async () => {
    const gate = closedGate();
    signals.connect(paid, () => gate.opened, durable);
    const receiving = hostOf(signals).receive(incoming, undefined);
    const names = () =>
      adminOf(signals)
        .underWay()
        .map(({ what }) => what);

    expect(names()).toEqual(["Receiver 'issue' of 'orders.paid'"]);
    expect(await adminOf(signals).close(1)).toBe(false);
    gate.open();
    await receiving;
    expect(names()).toEqual([]);
  });

  it('has no receiver here, and says for whom it was', async () => {
    signals.connect(paid, () => {}, { dispatchUid: 'issue' });
    const receiving = hostOf(signals).receive(incoming, undefined);

    await expect(receiving).rejects.toThrow(UnknownReceiverError);
    await expect(receiving).rejects.toThrow(
      "There is no durable receiver 'issue' of 'orders.paid' for any sender. It was renamed or removed " +
        'after the delivery was written, or this process runs another build.',
    );
  });

  it('is refused once the application has closed', async () => {
    signals.connect(paid, () => {}, durable);
    await adminOf(signals).close();

    await expect(hostOf(signals).receive(incoming, undefined)).rejects.toThrow(SignalsClosedError);
  });
});

describe('A receiver of another phase', () => {
  it('has no attempts and no delivery', async () => {
    const signals = new Signals();
    const ofDeliveries = ['abortSignal', 'attempt', 'deliveryId', 'eventId', 'idempotencyKey'];
    signals.connect(paid, (_, context) => ofDeliveries.filter((name) => name in context));

    expect(await signals.send(paid, { order: 'o-1' })).toMatchObject([{ value: [] }]);
  });
});
