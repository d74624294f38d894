import { describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, type Sender } from 'nestjs-signals';

class Order {}
class RushOrder extends Order {}
class Invoice {}

const paid = defineSignal<{ total: number }>('orders.paid');

describe('A sender', () => {
  const reached = async (sender: Sender | null, connected: Sender, includeSubclasses = false) => {
    const signals = new Signals();
    signals.connect(paid, () => {}, { sender: connected, includeSubclasses });
    return (await signals.send(paid, sender, { total: 1 })).length === 1;
  };

  it('matches by identity: not its subclasses, not its parents, not a class of the same name', async () => {
    const namesake = Object.defineProperty(class {}, 'name', { value: 'Order' });

    expect(await reached(Order, Order)).toBe(true);
    expect(await reached(RushOrder, Order)).toBe(false);
    expect(await reached(Order, RushOrder)).toBe(false);
    expect(await reached(namesake, Order)).toBe(false);
  });

  it('matches its subclasses when the receiver includes them', async () => {
    expect(await reached(RushOrder, Order, true)).toBe(true);
    expect(await reached(Order, RushOrder, true)).toBe(false);
    expect(await reached(Invoice, Order, true)).toBe(false);
    expect(await reached('Order', Order, true)).toBe(false);
    expect(await reached(null, Order, true)).toBe(false);
  });

  it('can be named by text, as itself or for a class that cannot be imported', async () => {
    expect(await reached('import', 'import')).toBe(true);
    expect(await reached('export', 'import')).toBe(false);
    expect(await reached(Order, 'Order')).toBe(true);
    expect(await reached('Order', Order)).toBe(false);
  });

  it('that is null reaches only receivers of every sender', async () => {
    const signals = new Signals();
    signals.connect(paid, () => 'any');
    signals.connect(paid, () => 'orders', { sender: Order });
    signals.connect(paid, () => 'by name', { sender: 'Order' });

    expect(await signals.send(paid, null, { total: 1 })).toEqual([
      expect.objectContaining({ value: 'any' }),
    ]);
  });

  it('may be one of names without number', async () => {
    const signals = new Signals();
    signals.connect(paid, () => {}, { sender: 'job 1' });
    const results = [];

    for (let job = 0; job < 2_500; job += 1) {
      results.push(await signals.send(paid, `job ${job}`, { total: job }));
    }

    expect(results.filter(({ length }) => length === 1)).toHaveLength(1);
    expect(signals.hasReceivers(paid, 'job 1')).toBe(true);
  });
});
