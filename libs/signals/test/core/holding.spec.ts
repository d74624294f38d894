import { describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  Signals,
  SignalsClosedError,
  SignalsNotConnectedError,
} from 'nestjs-signals/core';
import { incomingDelivery, RELAYING } from '../support/incoming.js';

const paid = defineSignal<object>('orders.paid');

describe('Signals that are held until all receivers are connected', () => {
  it('refuse every send, also where nobody hears it, and none once they are let go', async () => {
    const signals = new Signals();
    const heard: unknown[] = [];
    const sends = [() => signals.send(paid, {}), () => signals.sendRobust(paid, {})];

    signals.hold(true);
    for (const send of sends) await expect(send()).rejects.toThrow(SignalsNotConnectedError);
    signals.connect(paid, () => void heard.push('heard'));
    for (const send of sends) await expect(send()).rejects.toThrow(SignalsNotConnectedError);
    expect(heard).toEqual([]);

    signals.hold(false);
    for (const send of sends) await send();
    expect(heard).toEqual(['heard', 'heard']);
  });

  it('stay closed, whoever holds them or lets them go', async () => {
    const signals = new Signals();
    signals.connect(paid, () => {}, RELAYING);
    await signals.close();

    for (const isHeld of [true, false]) {
      signals.hold(isHeld);
      await expect(signals.receive(incomingDelivery(paid, {}), undefined)).rejects.toThrow(
        SignalsClosedError,
      );
    }
  });
});
