import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  ReceiverDeclarationError,
  Signals,
  adminOf,
  type ReceiverFunction,
  type Sender,
} from 'nestjs-signals/core';
import { hostOf, UnknownReceiverError, type OutgoingEvent } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { incomingDelivery } from '../support/incoming.js';

interface Paid {
  readonly order: string;
}
const paid = defineSignal<Paid>('orders.paid');
const settled = defineSignal<Paid>('orders.settled');
const refunded = defineSignal<Paid>('orders.refunded');

class Order {}
class PurchaseOrder {}
class Invoice {}
class RushOrder extends Order {}
const [Twin, Third] = [{ Order: class {} }.Order, { Order: class {} }.Order];

const uid = 'billing.issue';

describe('A delivery belongs to the receiver of its id', () => {
  let signals: Signals;
  const connect = (
    name: string,
    signal: typeof paid,
    sender?: Sender,
    receiver: ReceiverFunction<Paid> = () => name,
  ) =>
    signals.connect(signal, receiver as never, {
      phase: 'durable',
      dispatchUid: uid,
      ...(sender && { sender }),
    });
  const taken = (sentTo: string, signal = paid, namesake?: number) =>
    hostOf(signals).receive(
      incomingDelivery(signal, { order: 'o-1' }, { dispatchUid: uid, sentTo, namesake }),
      undefined,
    );

  beforeEach(() => {
    signals = new Signals();
  });

  it.each<[string, () => void]>([
    ['its sender was renamed', () => connect('home', paid, PurchaseOrder)],
    ['it hears every sender now', () => connect('home', paid)],
    ['its signal was renamed', () => connect('home', settled, Order)],
    ['both were', () => connect('home', settled, PurchaseOrder)],
    [
      'the same receiver hears two signals now',
      () => {
        const receiver = () => 'home';
        connect('home', settled, Invoice, receiver);
        connect('home', settled, PurchaseOrder, receiver);
      },
    ],
    [
      'its signal was renamed, and it hears every sender now, where another one of its id names one',
      () => {
        connect('other', settled, Invoice);
        connect('home', refunded);
      },
    ],
    [
      'another one of its id has a signal of another name',
      () => {
        connect('home', paid, PurchaseOrder);
        connect('other', settled, Order);
      },
    ],
  ])('although %s', async (_, release) => {
    release();

    expect(await taken('Order')).toBe('home');
  });

  it('and to the one of its sender, where several have that id', async () => {
    connect('orders', paid, Order);
    connect('invoices', paid, Invoice);

    expect([await taken('Order'), await taken('Invoice')]).toEqual(['orders', 'invoices']);
  });

  it('and to nobody, where no durable one has that id', async () => {
    signals.connect(paid, () => 'another id', { phase: 'durable', dispatchUid: 'billing.other' });
    signals.connect(paid, () => 'not durable', { dispatchUid: uid });

    await expect(taken('Order')).rejects.toThrow(UnknownReceiverError);
    await expect(taken('Order')).rejects.toThrow(/There is no durable receiver 'billing\.issue'/);
  });

  it('and to nobody, where nothing tells to which of several', async () => {
    connect('orders', paid, PurchaseOrder);
    connect('invoices', paid, Invoice);

    await expect(taken('Order')).rejects.toThrow(UnknownReceiverError);
    await expect(taken('Order')).rejects.toThrow(
      "Several durable receivers are called 'billing.issue', and none of them is the one of " +
        "'orders.paid' for Order that the delivery was written for. Its signal or its sender was " +
        'renamed: connect a receiver under the former names until these deliveries are done.',
    );
  });

  it('and to its own, where several senders have one name', async () => {
    const written: OutgoingEvent[] = [];
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    hostOf(signals).useOutbox({
      accept: (event) => event,
      write: async (event) => void written.push(event),
      outstanding: async () => [],
    });
    connect('first', paid, Order);
    connect('second', paid, Twin);
    connect('third', paid, Third);

    await database.transaction(async () => {
      await signals.send(paid, { order: 'o-1' }, { sender: Third });
      await signals.send(paid, { order: 'o-1' }, { sender: Twin });
      await signals.send(paid, { order: 'o-1' }, { sender: Order });
    });

    const heard = written.map(({ deliveries: [delivery] }) =>
      taken(delivery?.receiver.sender ?? '', paid, delivery?.namesake),
    );
    expect(await Promise.all(heard)).toEqual(['third', 'second', 'first']);
  });
});

describe('Two durable receivers of one id and signal are refused', () => {
  const uidOf = (sender: Sender | undefined, more: object = {}) =>
    ({ phase: 'durable', dispatchUid: uid, ...(sender && { sender }), ...more }) as never;

  it.each<[string, Sender | undefined, object, Sender | undefined]>([
    ['one hears every sender', undefined, {}, Order],
    ['one hears the base with its subclasses', Order, { includeSubclasses: true }, RushOrder],
    ['one names by text what the other names by class', 'Order', {}, Order],
  ])('when %s, for one of them would miss what both hear', (_, sender, options, other) => {
    for (const turned of [false, true]) {
      const signals = new Signals();
      const both = [uidOf(sender, options), uidOf(other)];
      const [first, second] = turned ? both.toReversed() : both;
      signals.connect(paid, () => {}, first as never);

      expect(() => signals.connect(paid, () => {}, second as never)).toThrow(
        new ReceiverDeclarationError(
          `Two durable receivers called '${uid}' hear the same sends of 'orders.paid', which have one ` +
            'delivery for each dispatchUid: one of the receivers would never hear them. Give each its own.',
        ),
      );
    }
  });

  it('when they are the same function under conditions of its own each', () => {
    const signals = new Signals();
    const receiver = () => {};
    signals.connect(paid, receiver, uidOf(undefined, { when: () => true }));

    expect(() => signals.connect(paid, receiver, uidOf(Order, { when: () => false }))).toThrow(
      ReceiverDeclarationError,
    );
  });

  it('not when one of them is not durable', () => {
    for (const turned of [false, true]) {
      const signals = new Signals();
      const both = [uidOf(Order), { dispatchUid: uid } as never];
      for (const options of turned ? both.toReversed() : both) {
        signals.connect(paid, () => {}, options);
      }

      expect(adminOf(signals).list()).toHaveLength(2);
    }
  });

  it('not when they are the same function, which then runs once, nor for a base without subclasses', () => {
    const signals = new Signals();
    const receiver = () => {};
    signals.connect(paid, receiver, uidOf(undefined));
    signals.connect(paid, receiver, uidOf(Order));
    signals.connect(settled, () => {}, uidOf(Order));
    signals.connect(settled, () => {}, uidOf(RushOrder));

    expect(adminOf(signals).list()).toHaveLength(4);
  });

  it('when they are sent to, where that was not known before', async () => {
    const signals = new Signals();
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    let accepted = 0;
    hostOf(signals).useOutbox({
      accept: (event) => ((accepted += 1), event),
      write: async () => {},
      outstanding: async () => [],
    });
    signals.connect(paid, () => {}, uidOf(Order, { includeSubclasses: true }));
    signals.connect(paid, () => {}, uidOf('RushOrder'));

    const sent = database.transaction(() =>
      signals.send(paid, { order: 'o-1' }, { sender: RushOrder }),
    );

    await expect(sent).rejects.toThrow(/hear the same sends of 'orders\.paid'/);
    expect(accepted).toBe(0);
  });
});
