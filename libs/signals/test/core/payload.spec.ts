import { beforeEach, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { changed, created, defineSignal, Signals, updated } from 'nestjs-signals';

class Order {
  status = 'pending';
}

interface Paid {
  order: Order;
  total: number;
}

const paid = defineSignal<Paid>('orders.paid');

describe('A payload', () => {
  let signals: Signals;
  let payload: Paid;

  beforeEach(() => {
    signals = new Signals();
    payload = { order: new Order(), total: 42 };
  });

  it('is one envelope for all receivers, which none of them can change', async () => {
    const received: Paid[] = [];
    signals.connect(paid, (event) => void received.push(event));
    signals.connect(paid, (event) => {
      event.total = 0;
    });

    await expect(signals.send(paid, null, payload)).rejects.toThrow(TypeError);

    expect(received).toEqual([payload]);
    expect(received[0]).toBe(payload);
    expect(payload.total).toBe(42);
  });

  it('carries entities that stay mutable, for later receivers and for the sender', async () => {
    signals.connect(paid, ({ order }) => void (order.status = 'paid'));
    signals.connect(paid, ({ order }) => order.status);

    const results = await signals.send(paid, null, payload);

    expect(results[1]).toEqual(expect.objectContaining({ value: 'paid' }));
    expect(payload.order.status).toBe('paid');
  });

  it('that is an entity itself stays mutable', async () => {
    const saved = defineSignal<Order>('orders.saved');
    signals.connect(saved, (order) => void (order.status = 'seen'));
    const order = new Order();

    await signals.send(saved, null, order);

    expect(order.status).toBe('seen');
  });

  it('is frozen whether anybody listens or not, and whatever its prototype', async () => {
    const bare: Paid = Object.assign(Object.create(null) as Paid, payload);

    await signals.send(paid, null, payload);
    await signals.send(paid, null, bare);

    expect(Object.isFrozen(payload)).toBe(true);
    expect(Object.isFrozen(bare)).toBe(true);
  });

  it.each([undefined, null, 0, 'text'])('may be %j', async (value) => {
    const any = defineSignal<unknown>('any');
    signals.connect(any, (event) => ({ event }));

    expect(await signals.send(any, null, value)).toEqual([
      expect.objectContaining({ value: { event: value } }),
    ]);
  });
});

describe('The conditions', () => {
  const insert = { created: true, changed: [] };
  const update = { created: false, changed: ['status', 'paidAt'] };

  it('created and updated tell an insert from an update', () => {
    expect([created(insert), created(update)]).toEqual([true, false]);
    expect([updated(insert), updated(update)]).toEqual([false, true]);
  });

  it('changed holds when one of its columns has changed', () => {
    expect(changed('status')(update)).toBe(true);
    expect(changed('total', 'paidAt')(update)).toBe(true);
    expect(changed('total')(update)).toBe(false);
    expect(changed('status')(insert)).toBe(false);
  });
});

describe('The context of asynchronous calls', () => {
  it('is that of the sender, for synchronous and asynchronous receivers and what they await', async () => {
    const request = new AsyncLocalStorage<string>();
    const signals = new Signals();
    const inner = defineSignal<object>('inner');
    signals.connect(paid, () => request.getStore());
    signals.connect(paid, async () => {
      await new Promise(setImmediate);
      return request.getStore();
    });
    signals.connect(paid, () => signals.send(inner, null, {}));
    signals.connect(inner, async () => seen.push(request.getStore()));
    signals.connect(paid, () => seen.push(request.getStore()), { phase: 'afterCommit' });
    const seen: unknown[] = [];
    const send = (name: string) =>
      request.run(name, () => signals.send(paid, null, { order: new Order(), total: 1 }));

    const [one, two] = await Promise.all([send('one'), send('two')]);

    expect(one.slice(0, 2)).toEqual([
      expect.objectContaining({ value: 'one' }),
      expect.objectContaining({ value: 'one' }),
    ]);
    expect(two.slice(0, 2)).toEqual([
      expect.objectContaining({ value: 'two' }),
      expect.objectContaining({ value: 'two' }),
    ]);
    expect(seen.filter((name) => name === 'one')).toHaveLength(2);
    expect(seen.filter((name) => name === 'two')).toHaveLength(2);
  });

  it('is not forked: what a receiver enters is seen by later receivers', async () => {
    const tenant = new AsyncLocalStorage<string>();
    const signals = new Signals();
    signals.connect(paid, () => tenant.enterWith('acme'));
    signals.connect(paid, () => tenant.getStore());

    const results = await tenant.run('nobody', () =>
      signals.send(paid, null, { order: new Order(), total: 1 }),
    );

    expect(results[1]).toEqual(expect.objectContaining({ value: 'acme' }));
  });
});
