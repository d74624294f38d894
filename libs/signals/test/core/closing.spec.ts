import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { WorkInFlight } from '../../src/core/dispatch/work-in-flight.js';
import { FakeDatabase } from './fake-database.js';
import { closedGate, type Gate } from './support.js';

const paid = defineSignal<object>('orders.paid');
const receipted = defineSignal<object>('billing.receipted');

describe('Closing', () => {
  let signals: Signals;
  let gate: Gate;
  let log: string[];

  beforeEach(() => {
    signals = new Signals();
    gate = closedGate();
    log = [];
  });

  const slowReceiver = async () => {
    await gate.opened;
    log.push('receiver ended');
  };
  const close = async (deadline?: number) =>
    void log.push(`closed ${await adminOf(signals).close(deadline)}`);

  it('waits for receivers that are under way', async () => {
    signals.connect(paid, slowReceiver);
    const sending = signals.send(paid, {});
    const closing = close();

    gate.open();
    await Promise.all([sending, closing]);

    expect(log).toEqual(['receiver ended', 'closed true']);
  });

  it('leaves no timer behind when there is nothing to wait for any more', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers();
    signals.connect(paid, slowReceiver);
    const sending = signals.send(paid, {});
    const closing = close(60_000);

    gate.open();
    await Promise.all([sending, closing]);

    expect(timers()).toEqual(before);
  });

  it('lets what is under way send what it has to send', async () => {
    signals.connect(paid, async () => {
      await gate.opened;
      await signals.send(receipted, {});
    });
    signals.connect(receipted, () => void log.push('heard'));
    const sending = signals.send(paid, {});
    const closing = close();

    gate.open();
    await Promise.all([sending, closing]);

    expect(log).toEqual(['heard', 'closed true']);
  });

  it('leaves nothing under way when it says so: not the next send of the same caller either', async () => {
    const second = closedGate();
    signals.connect(paid, () => gate.opened);
    signals.connect(receipted, async () => {
      log.push('second began');
      await second.opened;
      log.push('second ended');
    });
    const caller = async () => {
      await signals.send(paid, {});
      await signals.send(receipted, {});
    };
    const calling = caller();
    const closing = close();

    gate.open();
    await new Promise(setImmediate);
    second.open();
    await Promise.all([calling, closing]);

    expect(log).toEqual(['second began', 'second ended', 'closed true']);
  });

  it.each<['receiver' | 'callback', string]>([
    ['receiver', 'a receiver that runs'],
    ['callback', 'a callback of a receiver that runs'],
  ])('waits for %s after a commit', async (kind) => {
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    if (kind === 'receiver') signals.connect(paid, slowReceiver, { phase: 'afterCommit' });
    else signals.connect(paid, (_, { onCommit }) => onCommit(slowReceiver));
    const committing = database.transaction(() => signals.send(paid, {}));
    await new Promise(setImmediate);
    const closing = close();

    gate.open();
    await Promise.all([committing, closing]);

    expect(log).toEqual(['receiver ended', 'closed true']);
  });

  it('gives up at the deadline, and says so', async () => {
    signals.connect(paid, slowReceiver);
    const sending = signals.send(paid, {});

    await close(1);
    gate.open();
    await sending;

    expect(log).toEqual(['closed false', 'receiver ended']);
  });

  it('waits for ever where that is the deadline', async () => {
    const wait = jest.spyOn(globalThis, 'setTimeout');
    signals.connect(paid, slowReceiver);
    const sending = signals.send(paid, {});
    const closing = close(Infinity);

    setTimeout(() => gate.open(), 20);
    await Promise.all([sending, closing]);

    const longest = Math.max(...wait.mock.calls.map(([, delay = 0]) => delay));
    wait.mockRestore();
    // A timer that is to wait longer than this does not wait at all.
    expect(longest).toBe(2 ** 31 - 1);
    expect(log).toEqual(['receiver ended', 'closed true']);
  });

  it('silences for good: nobody hears a send', async () => {
    signals.connect(paid, () => void log.push('heard'));
    signals.connect(paid, () => void log.push('heard'), { phase: 'afterCommit' });

    await close();

    expect(await signals.send(paid, {})).toEqual([]);
    expect(await signals.sendRobust(paid, {})).toEqual([]);
    expect(log).toEqual(['closed true']);
  });

  it('can be asked for twice', async () => {
    await close();
    await close();

    expect(log).toEqual(['closed true', 'closed true']);
  });

  it('is not held up by a send that failed', async () => {
    signals.connect(paid, () => Promise.reject(new Error('veto')));
    await signals.send(paid, {}).catch(() => {});

    await close();

    expect(log).toEqual(['closed true']);
  });
});

describe('Work in flight', () => {
  it('is idle when all that entered has left, for everybody who waits', async () => {
    const inFlight = new WorkInFlight();
    inFlight.enter();
    inFlight.enter();
    const waiting = [inFlight.idle(10_000), inFlight.idle(10_000)];

    inFlight.leave();
    expect(inFlight.isBusy).toBe(true);
    inFlight.leave();
    await Promise.all(waiting);

    expect(inFlight.isBusy).toBe(false);
  });
});
