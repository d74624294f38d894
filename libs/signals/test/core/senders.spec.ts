import { describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  InvalidReferenceError,
  Signals,
  adminOf,
  type AnySignal,
  type Sender,
  type SendOptions,
} from 'nestjs-signals/core';
import { failureOf } from './support.js';

class Order {}
class RushOrder extends Order {}
class Invoice {}

const paid = defineSignal<{ total: number }>('orders.paid');

describe('A sender', () => {
  const reached = async (sender: Sender | null, connected: Sender, includeSubclasses = false) => {
    const signals = new Signals();
    signals.connect(paid, () => {}, { sender: connected, includeSubclasses });
    return (await signals.send(paid, { total: 1 }, { sender })).length === 1;
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

  it.each<readonly [string, SendOptions | undefined]>([
    ['left out', undefined],
    ['left out of the options', { manager: undefined }],
    ['null', { sender: null }],
  ])('that is %s reaches only receivers of every sender', async (_, options) => {
    const signals = new Signals();
    signals.connect(paid, () => 'any');
    signals.connect(paid, () => 'orders', { sender: Order });
    signals.connect(paid, () => 'by name', { sender: 'Order' });

    expect(await signals.send(paid, { total: 1 }, options)).toEqual([
      expect.objectContaining({ value: 'any' }),
    ]);
  });

  it('may be one of names without number', async () => {
    const signals = new Signals();
    signals.connect(paid, () => {}, { sender: 'job 1' });
    const results = [];

    for (let job = 0; job < 2_500; job += 1) {
      results.push(await signals.send(paid, { total: job }, { sender: `job ${job}` }));
    }

    expect(results.filter(({ length }) => length === 1)).toHaveLength(1);
    expect(adminOf(signals).hasReceivers(paid, 'job 1')).toBe(true);
  });
});

describe('A reference that is undefined, as between modules that import each other', () => {
  const missing = undefined as unknown as null;
  const nothing = undefined as unknown as AnySignal;
  const connected = () => {
    const ran: string[] = [];
    const signals = new Signals();
    const connection = signals.connect(paid, () => void ran.push('any'), { dispatchUid: 'any' });
    signals.connect(paid, () => void ran.push('of Order'), { sender: Order });
    return { ran, signals, connection };
  };
  type Connected = ReturnType<typeof connected>;

  it.each<readonly [string, (one: Connected) => unknown]>([
    ['first of all', () => {}],
    ['after a send of nobody', ({ signals }) => signals.send(paid, { total: 1 })],
    ['after a send of Order', ({ signals }) => signals.send(paid, { total: 1 }, { sender: Order })],
    ['after a disconnection', ({ connection }) => connection[Symbol.dispose]()],
    [
      'after a send and a disconnection',
      async ({ signals, connection }) => {
        await signals.send(paid, { total: 1 });
        connection[Symbol.dispose]();
      },
    ],
  ])('is refused as the sender, and runs nobody: %s', async (_, before) => {
    const one = connected();
    await before(one);
    one.ran.length = 0;

    const failures = [
      await failureOf(one.signals.send(paid, { total: 1 }, { sender: missing })),
      await failureOf(one.signals.sendRobust(paid, { total: 1 }, { sender: missing })),
    ];

    expect(failures).toEqual([
      expect.any(InvalidReferenceError),
      expect.any(InvalidReferenceError),
    ]);
    expect(String(failures[0])).toContain('The sender that was named is undefined');
    expect(() => adminOf(one.signals).hasReceivers(paid, missing)).toThrow(InvalidReferenceError);
    expect(one.ran).toEqual([]);
  });

  it('is refused as the payload, heard or not, by an error that names the signal', async () => {
    const { signals, ran } = connected();
    const unheard = defineSignal<unknown>('orders.unheard');

    for (const signal of [paid, unheard]) {
      for (const sent of [
        signals.send(signal, undefined),
        signals.sendRobust(signal, undefined, { sender: Order }),
      ]) {
        const failure = await failureOf(sent);
        expect(failure).toBeInstanceOf(InvalidReferenceError);
        expect(String(failure)).toContain(`The payload of '${signal.name}' is undefined`);
      }
    }
    expect(ran).toEqual([]);
  });

  it.each([null, 'manual', Order, 7])('is refused as the options: %p', async (given) => {
    const { signals, ran } = connected();
    const options = given as unknown as SendOptions;

    for (const sent of [
      signals.send(paid, { total: 1 }, options),
      signals.sendRobust(paid, { total: 1 }, options),
    ]) {
      const failure = await failureOf(sent);
      expect(failure).toBeInstanceOf(InvalidReferenceError);
      expect(String(failure)).toContain("The options of a send of 'orders.paid' are");
    }
    expect(ran).toEqual([]);
  });

  it.each([[undefined], [''], [{ total: 1 }], [7]])(
    'is refused as the sender %j',
    async (sender) => {
      const { signals } = connected();

      const failure = await failureOf(
        signals.send(paid, { total: 1 }, { sender: sender as unknown as null }),
      );

      expect(failure).toBeInstanceOf(InvalidReferenceError);
    },
  );

  it('is refused as the signal, by an error that says so', async () => {
    const { signals } = connected();

    expect(String(await failureOf(signals.send(nothing, {})))).toContain(
      'The signal that was named is undefined',
    );
    expect(() => adminOf(signals).hasReceivers(nothing, null)).toThrow(InvalidReferenceError);
    expect(() => adminOf(signals).observe(nothing, () => () => {})).toThrow(InvalidReferenceError);
    expect(() => signals.disconnect(nothing, 'any')).toThrow(InvalidReferenceError);
  });

  it.each([{ signal: nothing }, { sender: missing as never }, { dispatchUid: missing as never }])(
    'is refused in a filter, which would mute everything: %j',
    async (filter) => {
      const { signals, ran } = connected();

      const muting = signals.mute(filter, () => signals.send(paid, { total: 1 }));

      expect(await failureOf(muting)).toBeInstanceOf(InvalidReferenceError);
      expect(() => adminOf(signals).silence(filter)).toThrow(InvalidReferenceError);
      await signals.send(paid, { total: 1 });
      expect(ran).toEqual(['any']);
    },
  );
});
