import { describe, expect, it } from '@jest/globals';
import { defineSignal, ReceiverDeclarationError, Signals } from 'nestjs-signals/core';
import { closedGate } from './support.js';

const paid = defineSignal<object>('orders.paid');
const shipped = defineSignal<object>('orders.shipped');

describe('A signal is known', () => {
  it('when it is declared or had a receiver, also when nobody hears it any more', () => {
    const signals = new Signals();
    expect(signals.known()).toEqual([]);

    signals.declare(paid);
    signals.connect(shipped, () => {})[Symbol.dispose]();

    expect(signals.known()).toEqual([paid, shipped]);
    expect(signals.list()).toEqual([]);
  });

  it('by a name that no other signal may take then', () => {
    const signals = new Signals();
    signals.declare(paid, shipped);

    expect(() => signals.declare(defineSignal('orders.shipped'))).toThrow(ReceiverDeclarationError);
    expect(() => signals.declare(shipped)).not.toThrow();
  });
});

describe('Work of an integration', () => {
  it('is under way until it has ended, and fails as it would alone', async () => {
    const signals = new Signals();
    const gate = closedGate();
    const failure = new Error('no mail');
    const work = signals.tracked(async () => {
      await gate.opened;
      throw failure;
    }, 'A mail');
    expect(signals.underWay()).toEqual([]);

    const failing = work();
    expect(signals.underWay().map(({ what }) => what)).toEqual(['A mail']);
    const closing = signals.close();
    gate.open();

    await expect(failing).rejects.toBe(failure);
    expect(await closing).toBe(true);
    expect(signals.underWay()).toEqual([]);
  });
});
