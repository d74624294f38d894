import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, adminOf, type ReceiverContext } from 'nestjs-signals/core';
import { awaitable, closedGate } from './support.js';

class Order {}

interface Paid {
  readonly total: number;
}

const paid = defineSignal<Paid>('orders.paid');
const receipted = defineSignal<Paid>('billing.receipted');
const payload: Paid = { total: 42 };

describe('Sending', () => {
  let signals: Signals;
  let heard: string[];
  const note = (text: string) => () => void heard.push(text);
  const noteLater = (text: string) => async () => {
    await new Promise(setImmediate);
    heard.push(text);
  };

  beforeEach(() => {
    signals = new Signals();
    heard = [];
  });

  it('runs receivers one after the other in the order of connecting, asynchronous ones alike', async () => {
    signals.connect(paid, noteLater('1 asynchronous'));
    signals.connect(paid, note('2 synchronous'));
    signals.connect(paid, noteLater('3 asynchronous'), { sender: Order });
    signals.connect(paid, note('4 synchronous'));

    await signals.send(paid, payload, { sender: Order });

    expect(heard).toEqual(['1 asynchronous', '2 synchronous', '3 asynchronous', '4 synchronous']);
  });

  it('goes by order first, and by the order of connecting where that is equal', async () => {
    signals.connect(paid, noteLater('last'), { order: 1 });
    signals.connect(paid, note('third'));
    signals.connect(paid, noteLater('fourth'), { order: 0 });
    signals.connect(paid, note('first'), { order: -2 });
    signals.connect(paid, note('second'), { order: -1 });

    await signals.send(paid, payload);

    expect(heard).toEqual(['first', 'second', 'third', 'fourth', 'last']);
  });

  it('answers with one record for each receiver that ran', async () => {
    signals.connect(paid, ({ total }) => total + 1, { dispatchUid: 'add' });
    signals.connect(paid, () => {}, { dispatchUid: 'skipped', when: () => false });
    signals.connect(paid, async ({ total }) => `later ${total}`, { dispatchUid: 'later' });
    const [add, , later] = adminOf(signals).list();

    expect(await signals.send(paid, payload)).toEqual([
      { receiver: add, status: 'fulfilled', value: 43 },
      { receiver: later, status: 'fulfilled', value: 'later 42' },
    ]);
  });

  it('without receivers answers with nothing', async () => {
    expect(await signals.send(paid, payload)).toEqual([]);
    expect(await signals.sendRobust(paid, payload)).toEqual([]);
  });

  it('takes a returned Error for a value', async () => {
    const value = new Error('only a value');
    signals.connect(paid, () => value);

    expect(await signals.send(paid, payload)).toEqual([
      expect.objectContaining({ status: 'fulfilled', value }),
    ]);
  });

  it('awaits whatever can be awaited', async () => {
    signals.connect(paid, () => awaitable({}, 'settled'));
    signals.connect(paid, () => awaitable(() => {}, 'settled'));
    signals.connect(paid, () => Promise.resolve('settled'));

    const results = await signals.send(paid, payload);

    expect(results.map((result) => result.status === 'fulfilled' && result.value)).toEqual([
      'settled',
      'settled',
      'settled',
    ]);
  });

  it('tells receivers the signal, the sender and their own name beside the payload', async () => {
    const contexts: ReceiverContext[] = [];
    signals.connect(paid, (_, context) => void contexts.push(context), { dispatchUid: 'print' });

    await signals.send(paid, payload, { sender: Order });

    const { signal, sender, dispatchUid, phase } = contexts[0] as ReceiverContext;
    expect({ signal, sender, dispatchUid, phase }).toEqual({
      signal: paid,
      sender: Order,
      dispatchUid: 'print',
      phase: 'inTransaction',
    });
  });

  it('carries fields of any name', async () => {
    const odd = defineSignal<{ signal: string; sender: string }>('odd');
    signals.connect(odd, ({ signal, sender }) => `${signal} of ${sender}`);

    expect(await signals.send(odd, { signal: 'smoke', sender: 'chimney' })).toEqual([
      expect.objectContaining({ value: 'smoke of chimney' }),
    ]);
  });

  it('reaches who was connected when it began: neither later ones nor without removed ones', async () => {
    const removed = note('removed');
    const added = noteLater('added');
    signals.connect(paid, () => {
      heard.push('first');
      signals.connect(paid, added);
      signals.disconnect(paid, removed);
    });
    signals.connect(paid, removed);

    await signals.send(paid, payload);
    const during = [...heard];
    await signals.send(paid, payload);

    expect(during).toEqual(['first', 'removed']);
    expect(heard.slice(during.length)).toEqual(['first', 'added']);
  });

  it('may happen inside a receiver, which then waits for the inner send', async () => {
    signals.connect(paid, async () => {
      heard.push('outer begins');
      await signals.send(receipted, payload);
      heard.push('outer ends');
    });
    signals.connect(paid, note('next of outer'));
    signals.connect(receipted, noteLater('inner'));

    await signals.send(paid, payload);

    expect(heard).toEqual(['outer begins', 'inner', 'outer ends', 'next of outer']);
  });

  it('does not wait for other sends', async () => {
    const gate = closedGate();
    signals.connect(paid, async ({ total }) => {
      if (total === 1) await gate.opened;
      heard.push(String(total));
    });

    const slow = signals.send(paid, { total: 1 });
    await signals.send(paid, { total: 2 });
    gate.open();
    await slow;

    expect(heard).toEqual(['2', '1']);
  });

  it('runs only receivers whose condition holds', async () => {
    signals.connect(paid, note('large'), { when: ({ total }) => total > 40 });
    signals.connect(paid, note('small'), { when: ({ total }) => total <= 40 });

    await signals.send(paid, payload);

    expect(heard).toEqual(['large']);
  });
});

describe('Two instances', () => {
  it('never hear each other', async () => {
    const [one, other] = [new Signals(), new Signals()];
    one.connect(paid, () => {});

    expect(await other.send(paid, payload)).toEqual([]);
    expect(adminOf(other).hasReceivers(paid, null)).toBe(false);
    expect(await one.send(paid, payload)).toHaveLength(1);
  });
});
