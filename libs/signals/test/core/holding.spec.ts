import { describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  Signals,
  SignalsClosedError,
  SignalsNotConnectedError,
  adminOf,
} from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { incomingDelivery, RELAYING } from '../support/incoming.js';

const paid = defineSignal<object>('orders.paid');

describe('Signals that are held until all receivers are connected', () => {
  it('refuse every send, also where nobody hears it, and none once they are let go', async () => {
    const signals = new Signals();
    const heard: unknown[] = [];
    const sends = [() => signals.send(paid, {}), () => signals.sendRobust(paid, {})];

    adminOf(signals).hold(true);
    for (const send of sends) await expect(send()).rejects.toThrow(SignalsNotConnectedError);
    signals.connect(paid, () => void heard.push('heard'));
    for (const send of sends) await expect(send()).rejects.toThrow(SignalsNotConnectedError);
    expect(heard).toEqual([]);

    adminOf(signals).hold(false);
    for (const send of sends) await send();
    expect(heard).toEqual(['heard', 'heard']);
  });

  it('stay closed, whoever holds them or lets them go', async () => {
    const signals = new Signals();
    signals.connect(paid, () => {}, RELAYING);
    await adminOf(signals).close();

    for (const isHeld of [true, false]) {
      adminOf(signals).hold(isHeld);
      await expect(hostOf(signals).receive(incomingDelivery(paid, {}), undefined)).rejects.toThrow(
        SignalsClosedError,
      );
    }
  });
});
