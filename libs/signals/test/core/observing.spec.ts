import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';
import type { ObservedSend } from 'nestjs-signals/integration';

class Order {}

const paid = defineSignal<{ total: number }>('orders.paid');
const shipped = defineSignal<{ total: number }>('orders.shipped');
const payload = { total: 42 };

describe('An observer', () => {
  let signals: Signals;
  let seen: string[];
  const observe = (text: string) =>
    adminOf(signals).observe(paid, () => {
      seen.push(`${text} begins`);
      return (results) =>
        void results.then(
          () => seen.push(`${text} ends`),
          () => seen.push(`${text} fails`),
        );
    });

  beforeEach(() => {
    signals = new Signals();
    seen = [];
  });

  it('is told of a send before any receiver runs, and of its end', async () => {
    signals.connect(paid, () => void seen.push('receiver'));
    observe('send');

    await signals.send(paid, payload, { sender: Order });

    expect(seen).toEqual(['send begins', 'receiver', 'send ends']);
  });

  it('is told what was sent, by whom, how, and with which results', async () => {
    const sends: ObservedSend<typeof paid>[] = [];
    const results: unknown[] = [];
    signals.connect(paid, () => 'heard');
    adminOf(signals).observe(paid, (send) => {
      sends.push(send);
      return (sent) => results.push(sent);
    });

    const first = signals.send(paid, payload, { sender: Order });
    const second = signals.sendRobust(paid, payload);

    expect(sends).toMatchObject([
      { signal: paid, sender: Order, payload, robust: false },
      { signal: paid, sender: null, payload, robust: true },
    ]);
    expect(await Promise.all(results)).toEqual(await Promise.all([first, second]));
  });

  it('is told of sends that reach nobody, fail or are muted', async () => {
    observe('send');

    await signals.send(paid, payload);
    await signals.mute({}, () => signals.send(paid, payload));
    signals.connect(paid, () => Promise.reject(new Error('veto')));
    await signals.send(paid, payload).catch(() => {});

    const ended = ['send begins', 'send ends'];
    expect(seen).toEqual([...ended, ...ended, 'send begins', 'send fails']);
  });

  it('is told of its signal alone, beside others and until it is disposed', async () => {
    const first = observe('first');
    observe('second');
    await signals.send(shipped, payload);

    first[Symbol.dispose]();
    await signals.send(paid, payload);

    expect(seen).toEqual(['second begins', 'second ends']);
  });

  it('is no receiver, but somebody whom a send concerns', () => {
    const observing = observe('send');

    expect(adminOf(signals).list()).toEqual([]);
    expect(adminOf(signals).hasReceivers(paid, Order)).toBe(true);
    expect(adminOf(signals).hasReceivers(shipped, Order)).toBe(false);

    observing[Symbol.dispose]();
    expect(adminOf(signals).hasReceivers(paid, Order)).toBe(false);
  });
});
