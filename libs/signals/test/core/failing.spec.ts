import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, failedReceiver, Signals, adminOf } from 'nestjs-signals/core';
import { failureOf } from './support.js';

const paid = defineSignal<{ total: number }>('orders.paid');
const receipted = defineSignal<{ total: number }>('billing.receipted');
const payload = { total: 42 };

describe('A receiver that fails', () => {
  let signals: Signals;
  let heard: string[];
  const fail = (reason: unknown) => () => {
    throw reason;
  };

  beforeEach(() => {
    signals = new Signals();
    heard = [];
  });

  it('stops the send: later receivers do not run, earlier ones have', async () => {
    signals.connect(paid, () => void heard.push('before'));
    signals.connect(paid, fail(new Error('veto')));
    signals.connect(paid, () => void heard.push('after'));
    signals.connect(paid, async () => void heard.push('after, asynchronous'));

    await expect(signals.send(paid, payload)).rejects.toThrow('veto');

    expect(heard).toEqual(['before']);
  });

  it.each([
    ['an Error', new Error('veto')],
    ['a frozen Error', Object.freeze(new Error('veto'))],
    ['an object', { code: 'veto' }],
    ['a function', () => 'veto'],
    ['text', 'veto'],
    ['a number', 0],
    ['null', null],
    ['undefined', undefined],
    ['an Error that cannot be shown', Object.assign(new Error('x'), { toString: fail('no') })],
  ])('reaches the caller with the very thing it threw: %s', async (_, reason) => {
    const signalsThatReject = new Signals();
    signals.connect(paid, fail(reason));
    signalsThatReject.connect(paid, () => Promise.reject(reason));

    expect(await failureOf(signals.send(paid, payload))).toBe(reason);
    expect(await failureOf(signalsThatReject.send(paid, payload))).toBe(reason);
  });

  it('can be told from the error, which itself stays as it is', async () => {
    const reason = Object.freeze(new Error('veto'));
    signals.connect(paid, fail(reason), { dispatchUid: 'veto', owner: 'Clerk.veto' });

    const failure = await failureOf(signals.send(paid, payload));

    expect(failedReceiver(failure)).toBe(adminOf(signals).list()[0]);
    expect(failedReceiver(failure)).toMatchObject({ signal: 'orders.paid', owner: 'Clerk.veto' });
    expect(failedReceiver(new Error('of somebody else'))).toBeUndefined();
    expect(failedReceiver('text')).toBeUndefined();
  });

  it('is the innermost one when sends are nested', async () => {
    signals.connect(paid, () => signals.send(receipted, payload), { dispatchUid: 'outer' });
    signals.connect(receipted, fail(new Error('veto')), { dispatchUid: 'inner' });

    const failure = await failureOf(signals.send(paid, payload));

    expect(failedReceiver(failure)).toMatchObject({ dispatchUid: 'inner' });
  });

  it('is the one that threw last when one error object is thrown again and again', async () => {
    const veto = new Error('veto');
    const first = signals.connect(paid, fail(veto), { dispatchUid: 'first' });
    await failureOf(signals.send(paid, payload));
    first[Symbol.dispose]();
    signals.connect(paid, fail(veto), { dispatchUid: 'second' });

    const failure = await failureOf(signals.send(paid, payload));

    expect(failedReceiver(failure)).toMatchObject({ dispatchUid: 'second' });
  });

  it('by its condition fails like any other', async () => {
    signals.connect(paid, () => {}, { when: fail(new Error('broken condition')) });

    await expect(signals.send(paid, payload)).rejects.toThrow('broken condition');
  });

  it('by an answer that cannot be awaited fails like any other', async () => {
    signals.connect(paid, () => new Proxy({}, { get: fail(new Error('no then')) }));

    await expect(signals.send(paid, payload)).rejects.toThrow('no then');
  });
});
