import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';
import { hostOf, defineLifecycleSignal, type FixedPayload } from 'nestjs-signals/integration';

class Order {}

const paid = defineSignal<{ total: number }>('orders.paid');
const shipped = defineSignal<{ total: number }>('orders.shipped');
const saved = defineLifecycleSignal<FixedPayload<{ total: number }>>('model.saved');

describe('Disconnecting', () => {
  let signals: Signals;
  const receiver = () => {};

  beforeEach(() => {
    signals = new Signals();
  });

  it('needs the function, and answers whether it was connected', () => {
    signals.connect(paid, receiver);

    expect(signals.disconnect(shipped, receiver)).toBe(false);
    expect(signals.disconnect(paid, () => {})).toBe(false);
    expect(signals.disconnect(paid, receiver)).toBe(true);
    expect(signals.disconnect(paid, receiver)).toBe(false);
    expect(adminOf(signals).list()).toEqual([]);
  });

  it('needs the dispatchUid of a receiver that has one', () => {
    signals.connect(paid, receiver, { dispatchUid: 'print' });

    expect(signals.disconnect(paid, receiver)).toBe(false);
    expect(signals.disconnect(paid, 'print')).toBe(true);
  });

  it('needs the sender of a receiver that has one', () => {
    signals.connect(paid, receiver, { sender: Order });
    signals.connect(paid, receiver, { sender: 'import' });

    expect(signals.disconnect(paid, receiver)).toBe(false);
    expect(signals.disconnect(paid, receiver, Order)).toBe(true);
    expect(signals.disconnect(paid, receiver, 'import')).toBe(true);
  });
});

describe('A receiver of every signal', () => {
  let signals: Signals;
  let heard: string[];

  beforeEach(() => {
    signals = new Signals();
    heard = [];
  });

  it('hears each domain signal, also one that is defined later, until it is disconnected', async () => {
    const connection = hostOf(signals).connectToAll(
      (_, { signal }) => void heard.push(signal.name),
    );
    const later = defineSignal<object>('defined.later');

    await signals.send(paid, { total: 1 });
    await signals.send(later, {}, { sender: Order });
    connection[Symbol.dispose]();
    await signals.send(paid, { total: 1 });

    expect(heard).toEqual(['orders.paid', 'defined.later']);
  });

  it('hears no lifecycle signal', async () => {
    hostOf(signals).connectToAll((_, { signal }) => void heard.push(signal.name));

    await signals.send(saved, { total: 1 }, { sender: Order });

    expect(heard).toEqual([]);
  });

  it('runs after the receivers of the signal, unless its order says otherwise', async () => {
    const note = (text: string) => () => void heard.push(text);
    hostOf(signals).connectToAll(note('all'));
    hostOf(signals).connectToAll(note('all, first'), { order: -1 });
    signals.connect(paid, note('one'));
    signals.connect(paid, note('one, last'), { order: 1 });

    await signals.send(paid, { total: 1 });

    expect(heard).toEqual(['all, first', 'one', 'all', 'one, last']);
  });

  it('can be for one sender', async () => {
    hostOf(signals).connectToAll(() => void heard.push('order'), { sender: Order });

    await signals.send(paid, { total: 1 }, { sender: 'import' });
    await signals.send(paid, { total: 1 }, { sender: Order });

    expect(heard).toEqual(['order']);
  });

  it('is listed as waiting for every signal, and for no sender that a start could check', () => {
    hostOf(signals).connectToAll(() => {}, { dispatchUid: 'relay' });

    expect(adminOf(signals).list()).toEqual([
      expect.objectContaining({ signal: '*', dispatchUid: 'relay' }),
    ]);
    expect(adminOf(signals).connections()).toEqual([]);
  });
});
