import { beforeEach, describe, expect, it } from '@jest/globals';
import { AsyncResource } from 'node:async_hooks';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';

class Order {}
class Invoice {}

const paid = defineSignal<object>('orders.paid');
const shipped = defineSignal<object>('orders.shipped');

describe('Silence', () => {
  let signals: Signals;
  let heard: string[];
  const sendBoth = async () => {
    await signals.send(paid, {}, { sender: Order });
    await signals.send(shipped, {}, { sender: Invoice });
  };
  const heardNow = async () => {
    heard = [];
    await sendBoth();
    return heard;
  };

  beforeEach(() => {
    signals = new Signals();
    signals.connect(paid, () => void heard.push('paid'), { dispatchUid: 'note paid' });
    signals.connect(shipped, () => void heard.push('shipped'), { dispatchUid: 'note shipped' });
  });

  it('lasts for everybody until it is disposed, also in contexts of before', async () => {
    const before = AsyncResource.bind(heardNow);
    const silence = adminOf(signals).silence({});

    expect([...(await heardNow()), ...(await before())]).toEqual([]);

    silence[Symbol.dispose]();
    expect(await heardNow()).toEqual(['paid', 'shipped']);
  });

  it.each([
    ['signal', { signal: paid }],
    ['sender', { sender: Order }],
    ['receiver', { dispatchUid: 'note paid' }],
  ])('concerns one %s where one is named', async (_, filter) => {
    using _silence = adminOf(signals).silence(filter);

    expect(await heardNow()).toEqual(['shipped']);
  });

  it('adds to that of a calling context, which goes on without it', async () => {
    const silence = adminOf(signals).silence({ signal: paid });

    await signals.mute({ signal: shipped }, async () => {
      expect(await heardNow()).toEqual([]);
      silence[Symbol.dispose]();
      expect(await heardNow()).toEqual(['paid']);
    });
    expect(await heardNow()).toEqual(['paid', 'shipped']);
  });

  it('of the same filter twice ends with the second, in whichever order, however often', async () => {
    const filter = { signal: paid };
    const first = adminOf(signals).silence(filter);
    const second = adminOf(signals).silence(filter);

    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(await heardNow()).toEqual(['shipped']);

    second[Symbol.dispose]();
    expect(await heardNow()).toEqual(['paid', 'shipped']);
  });
});
