import { beforeEach, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';

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
    const note = (event: Paid) => void received.push(event);
    signals.connect(paid, note, { dispatchUid: 'one' });
    signals.connect(paid, note, { dispatchUid: 'two' });
    signals.connect(paid, (event) => {
      event.total = 0;
    });

    await expect(signals.send(paid, payload)).rejects.toThrow(TypeError);

    expect(received).toEqual([payload, payload]);
    expect(received[0]).toBe(received[1]);
    expect(payload.total).toBe(42);
  });

  it('carries entities that stay mutable, for later receivers and for the sender', async () => {
    signals.connect(paid, ({ order }) => void (order.status = 'paid'));
    signals.connect(paid, ({ order }) => order.status);

    const results = await signals.send(paid, payload);

    expect(results[1]).toEqual(expect.objectContaining({ value: 'paid' }));
    expect(payload.order.status).toBe('paid');
  });

  it('that an integration knows as an entity is handed on as it is', async () => {
    const saved = defineSignal<Order>('orders.saved');
    hostOf(signals).useTransactions({
      find: () => undefined,
      defaultManager: undefined,
      isEntity: (value) => value instanceof Order,
    });
    signals.connect(saved, (order) => void (order.status = 'seen'));
    const order = new Order();

    await signals.send(saved, order);

    expect(order.status).toBe('seen');
  });

  it('that is more than its properties is handed on as it is', async () => {
    const failed = defineSignal<unknown>('orders.failed');
    const received: unknown[] = [];
    signals.connect(failed, (event) => void received.push(event));
    const sent = [new Error('x'), new URL('http://localhost'), /x/, Promise.resolve(), () => {}];

    for (const event of sent) await signals.send(failed, event);

    expect(received.every((event, index) => event === sent[index])).toBe(true);
  });

  it('stays the sender’s, who may go on changing it', async () => {
    const bare: Paid = Object.assign(Object.create(null) as Paid, payload);
    signals.connect(paid, () => {});

    await signals.send(paid, payload);
    await signals.send(paid, bare);

    expect([payload, bare].some((sent) => Object.isFrozen(sent))).toBe(false);
  });

  it.each([null, 0, 'text'])('may be %j', async (value) => {
    const any = defineSignal<unknown>('any');
    signals.connect(any, (event) => ({ event }));

    expect(await signals.send(any, value)).toEqual([
      expect.objectContaining({ value: { event: value } }),
    ]);
  });
});

describe('What receivers are told, of a payload that others would change', () => {
  const any = defineSignal<unknown>('any');
  class Paying {
    lines = [{ price: 1 }];
    get count(): number {
      return this.lines.length;
    }
  }
  const ways: readonly (readonly [string, () => object, (event: never) => unknown])[] = [
    ['plain', () => ({ total: 1 }), (event: Fields) => (event.total = 2)],
    ['of a class', () => new Paying(), (event: Fields) => (event.lines = [])],
    ['nested', () => ({ a: { b: 1 } }), (event: { a: Fields }) => (event.a.b = 2)],
    ['in a class', () => new Paying(), (event: Paying) => event.lines.push({ price: 2 })],
    ['deep in a class', () => new Paying(), (event: Paying) => (event.lines[0]!.price = 2)],
    ['a list', () => [1, 2], (event: number[]) => event.push(3)],
    ['a date', () => new Date(0), (event: Date) => event.setTime(1)],
    ['a date inside', () => ({ at: new Date(0) }), ({ at }: { at: Date }) => at.setTime(1)],
    ['a map', () => new Map([['a', { b: 1 }]]), (event: Map<string, unknown>) => event.clear()],
    [
      'an object in a map',
      () => new Map([['a', { b: 1 }]]),
      (event: Map<string, Fields>) => (event.get('a')!.b = 2),
    ],
    ['a set', () => ({ of: new Set([1]) }), ({ of }: { of: Set<number> }) => of.add(2)],
    ['bytes', () => ({ raw: Buffer.from('a') }), ({ raw }: { raw: Buffer }) => raw.fill('b')],
    [
      'without prototype',
      () => withoutPrototype({ a: [1] }),
      (event: { a: number[] }) => event.a.push(2),
    ],
  ];

  it.each(ways)('is what was sent, whichever receiver tries: %s', async (_, make, change) => {
    const signals = new Signals();
    const received: unknown[] = [];
    const meddle = (event: unknown) => {
      try {
        change(event as never);
      } catch {}
    };
    signals.connect(any, meddle, { dispatchUid: 'first' });
    signals.connect(any, (event) => void received.push(event));
    signals.connect(any, meddle, { phase: 'afterCommit', dispatchUid: 'second' });
    signals.connect(any, (event) => void received.push(event), { phase: 'afterCommit' });
    const sent = make();

    await signals.send(any, sent);

    expect(received).toEqual([make(), make()]);
    expect(received.every((event) => prototypeOf(event) === prototypeOf(sent))).toBe(true);
    expect(sent).toEqual(make());
  });

  it.each(ways)(
    'is what was sent, also when the sender goes on at once: %s',
    async (_, make, change) => {
      const signals = new Signals();
      const received: unknown[] = [];
      signals.connect(any, () => new Promise(setImmediate));
      signals.connect(any, (event) => void received.push(event));
      signals.connect(any, (event) => void received.push(event), { phase: 'afterCommit' });
      const sent = make();

      const sending = signals.send(any, sent);
      change(sent as never);
      await sending;

      expect(received).toEqual([make(), make()]);
    },
  );

  it('may meet itself, and be deeper than calls can nest', async () => {
    const signals = new Signals();
    signals.connect(any, (event) => event);
    const round: Fields = { name: 'round', again: [] };
    (round.again as unknown[]).push(round);
    let deep: Fields = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { deep };

    const [{ value } = { value: undefined }] = (await signals.send(any, round)) as readonly {
      value: unknown;
    }[];
    await signals.send(any, deep);

    expect((value as { again: unknown[] }).again[0]).toBe(value);
    expect(value).not.toBe(round);
  });

  it('keeps fields of any name', async () => {
    const signals = new Signals();
    const sent = JSON.parse('{ "__proto__": { "a": 1 }, "constructor": [2] }') as object;
    signals.connect(any, (event) => Object.entries(event as object));

    const [result] = await signals.send(any, sent);

    expect(result).toMatchObject({
      value: [
        ['__proto__', { a: 1 }],
        ['constructor', [2]],
      ],
    });
  });
});

type Fields = Record<string, unknown>;

function withoutPrototype(fields: object): object {
  return Object.assign(Object.create(null) as object, fields);
}

function prototypeOf(value: unknown): unknown {
  return Object.getPrototypeOf(value);
}

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
    signals.connect(paid, () => signals.send(inner, {}));
    signals.connect(inner, async () => seen.push(request.getStore()));
    signals.connect(paid, () => seen.push(request.getStore()), { phase: 'afterCommit' });
    const seen: unknown[] = [];
    const send = (name: string) =>
      request.run(name, () => signals.send(paid, { order: new Order(), total: 1 }));

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
      signals.send(paid, { order: new Order(), total: 1 }),
    );

    expect(results[1]).toEqual(expect.objectContaining({ value: 'acme' }));
  });
});
