import { describe, expect, it } from '@jest/globals';
import { Signals, defineSignal, adminOf, type Sender } from 'nestjs-signals/core';
import { lostDeliveries } from '../src/lint/index.js';
import type { SignalMap } from '../src/model/index.js';

const paid = defineSignal<object>('orders.paid');
class Order {}
class Invoice {}
const Twin = { Order: class {} }.Order;

/** As far as the rule looks at it. */
function mapOf(connect: (signals: Signals) => void): SignalMap {
  const signals = new Signals();
  connect(signals);
  const receivers = adminOf(signals)
    .list()
    .map((info) => ({ info, place: undefined }));
  return { receivers } as unknown as SignalMap;
}

const durable = (owner: string, sender?: Sender) =>
  ({ phase: 'durable', dispatchUid: 'issue', owner, ...(sender && { sender }) }) as const;
const kept = (sender: string) => ({
  receiver: 'issue',
  signal: 'orders.paid',
  sender,
  waiting: 2,
  dead: 1,
});
const messages = (map: SignalMap, ...senders: readonly string[]) =>
  lostDeliveries(senders.map(kept))
    .find(map)
    .map(({ message }) => message);

describe('SIG010 compares deliveries that are kept with the receivers of a build', () => {
  it('and tells of an id that is gone, once, with all that waits for it', () => {
    const map = mapOf(() => {});

    expect(messages(map, 'Order', 'Invoice')).toEqual([
      'issue no longer exists, and the database keeps 4 deliveries and 2 dead letters for it',
    ]);
  });

  it('and tells nothing of one that was renamed, where one receiver has the id', () => {
    const map = mapOf((signals) => signals.connect(paid, () => {}, durable('A.a', Order)));

    expect(messages(map, 'Order', 'Purchase')).toEqual([]);
  });

  it('and tells of names that fit none of several receivers', () => {
    const map = mapOf((signals) => {
      signals.connect(paid, () => {}, durable('A.a', Order));
      signals.connect(paid, () => {}, durable('A.b', Invoice));
    });

    expect(messages(map, 'Order', 'Purchase')).toEqual([
      'several receivers are called issue, and none of them is the one of orders.paid for Purchase ' +
        'that the database keeps 2 deliveries and 1 dead letter for',
    ]);
  });

  it('and tells nothing of several that are one method, or of senders with one name', () => {
    const same = mapOf((signals) => {
      signals.connect(paid, () => {}, durable('A.a', Order));
      signals.connect(paid, () => {}, durable('A.a', Invoice));
    });
    const twins = mapOf((signals) => {
      signals.connect(paid, () => {}, durable('A.a', Order));
      signals.connect(paid, () => {}, durable('A.b', Twin));
    });

    expect([messages(same, 'Purchase'), messages(twins, 'Order')]).toEqual([[], []]);
  });
});
