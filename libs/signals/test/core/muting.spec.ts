import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { closedGate } from './support.js';

class Order {}
class Invoice {}

const paid = defineSignal<object>('orders.paid');
const shipped = defineSignal<object>('orders.shipped');

describe('Muting', () => {
  let signals: Signals;
  let heard: string[];

  beforeEach(() => {
    signals = new Signals();
    heard = [];
    for (const signal of [paid, shipped]) {
      const { name } = signal;
      signals.connect(signal, () => void heard.push(name), { dispatchUid: 'note' });
      signals.connect(signal, () => void heard.push(`${name} too`), { dispatchUid: 'note too' });
    }
  });

  const sendBoth = async () => {
    await signals.send(paid, {}, { sender: Order });
    await signals.send(shipped, {}, { sender: Invoice });
  };

  it('silences what the work sends, and nothing after it', async () => {
    await signals.mute({}, sendBoth);
    expect(heard).toEqual([]);

    await sendBoth();
    expect(heard).toHaveLength(4);
  });

  it('answers what the work answers, and passes its failure on', async () => {
    const failure = new Error('work');

    expect(await signals.mute({}, () => 'synchronous')).toBe('synchronous');
    expect(await signals.mute({}, async () => 'asynchronous')).toBe('asynchronous');
    await expect(signals.mute({}, () => Promise.reject(failure))).rejects.toBe(failure);
    const synchronously = () => {
      throw failure;
    };
    await expect(signals.mute({}, synchronously)).rejects.toBe(failure);

    await sendBoth();
    expect(heard).toHaveLength(4);
  });

  it('silences one signal, one sender or one receiver, or what fits all that is named', async () => {
    const heardUnder = async (filter: Parameters<Signals['mute']>[0]) => {
      heard = [];
      await signals.mute(filter, sendBoth);
      return heard;
    };

    expect(await heardUnder({ signal: paid })).toEqual(['orders.shipped', 'orders.shipped too']);
    expect(await heardUnder({ sender: Invoice })).toEqual(['orders.paid', 'orders.paid too']);
    expect(await heardUnder({ dispatchUid: 'note' })).toEqual([
      'orders.paid too',
      'orders.shipped too',
    ]);
    expect(await heardUnder({ signal: paid, dispatchUid: 'note' })).toEqual([
      'orders.paid too',
      'orders.shipped',
      'orders.shipped too',
    ]);
    expect(await heardUnder({ signal: paid, sender: Invoice })).toHaveLength(4);
  });

  it('nests: leaving the inner scope does not end the outer one', async () => {
    await signals.mute({ dispatchUid: 'note' }, async () => {
      await signals.mute({ dispatchUid: 'note too' }, sendBoth);
      expect(heard).toEqual([]);
      await signals.mute({ dispatchUid: 'note' }, sendBoth);
      expect(heard).toEqual(['orders.paid too', 'orders.shipped too']);
      await sendBoth();
    });

    expect(heard).toHaveLength(4);
    expect(heard).not.toContain('orders.paid');
  });

  it('does not leak from one scope into another that runs at the same time', async () => {
    const gate = closedGate();
    const muted = signals.mute({}, async () => {
      await gate.opened;
      await sendBoth();
    });
    const partly = signals.mute({ dispatchUid: 'note' }, async () => {
      await sendBoth();
      gate.open();
    });

    await Promise.all([muted, partly]);

    expect(heard).toEqual(['orders.paid too', 'orders.shipped too']);
  });

  it('ends for what the work left running, whoever else mutes then', async () => {
    const gate = closedGate();
    let detached: Promise<void> | undefined;
    await signals.mute({}, () => {
      detached = gate.opened.then(sendBoth);
    });

    await signals.mute({ dispatchUid: 'nobody' }, async () => {
      gate.open();
      await detached;
    });

    expect(heard).toHaveLength(4);
  });

  it('reaches the sends of receivers inside', async () => {
    signals.connect(paid, () => signals.send(shipped, {}));

    await signals.mute({ signal: shipped }, () => signals.send(paid, {}, { sender: Order }));

    expect(heard).toEqual(['orders.paid', 'orders.paid too']);
  });

  it('does not queue what it silences for after the commit', async () => {
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    signals.connect(paid, () => void heard.push('mail'), { phase: 'afterCommit' });

    await database.transaction(async () => {
      await signals.mute({}, () => signals.send(paid, {}, { sender: Order }));
    });

    expect(heard).toEqual([]);
  });

  it('does not take back what was queued before', async () => {
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    signals.connect(shipped, () => void heard.push('mail'), {
      phase: 'afterCommit',
      sender: Order,
    });

    await database.transaction(async () => {
      await signals.send(shipped, {}, { sender: Order });
      await signals.mute({}, () => sendBoth());
    });

    expect(heard).toEqual(['orders.shipped', 'orders.shipped too', 'mail']);
  });
});
