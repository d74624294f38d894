import { describe, expect, it } from '@jest/globals';
import { defineSignal, ReceiverDeclarationError, Signals, adminOf } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { closedGate } from './support.js';

const paid = defineSignal<object>('orders.paid');
const shipped = defineSignal<object>('orders.shipped');

describe('A signal is known', () => {
  it('when it is declared or had a receiver, also when nobody hears it any more', () => {
    const signals = new Signals();
    expect(adminOf(signals).signals()).toEqual([]);

    adminOf(signals).register(paid);
    signals.connect(shipped, () => {})[Symbol.dispose]();

    expect(adminOf(signals).signals()).toEqual([paid, shipped]);
    expect(adminOf(signals).list()).toEqual([]);
  });

  it('by a name that no other signal may take then', () => {
    const signals = new Signals();
    adminOf(signals).register(paid, shipped);

    expect(() => adminOf(signals).register(defineSignal('orders.shipped'))).toThrow(
      ReceiverDeclarationError,
    );
    expect(() => adminOf(signals).register(shipped)).not.toThrow();
  });
});

describe('Work of an integration', () => {
  it('is under way until it has ended, and fails as it would alone', async () => {
    const signals = new Signals();
    const gate = closedGate();
    const failure = new Error('no mail');
    const work = hostOf(signals).tracked(async () => {
      await gate.opened;
      throw failure;
    }, 'A mail');
    expect(adminOf(signals).underWay()).toEqual([]);

    const failing = work();
    expect(
      adminOf(signals)
        .underWay()
        .map(({ what }) => what),
    ).toEqual(['A mail']);
    const closing = adminOf(signals).close();
    gate.open();

    await expect(failing).rejects.toBe(failure);
    expect(await closing).toBe(true);
    expect(adminOf(signals).underWay()).toEqual([]);
  });
});
