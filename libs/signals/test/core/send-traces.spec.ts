import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, adminOf } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import {
  causedBy,
  currentCause,
  resumeCause,
  sentFrom,
  siteWhenWanted,
  traceSites,
  type Cause,
  type EntryTrace,
  type ReceiverTrace,
  type SendTrace,
} from 'nestjs-signals/diagnostics';
import { Told } from '../support/tracing.js';
import { FakeDatabase } from './fake-database.js';
import { observedSignals, type ObservedSignals } from './support.js';

class Order {}

const paid = defineSignal<{ total: number }>('orders.paid');
const receipted = defineSignal<{ total: number }>('billing.receipted');
const payload = { total: 42 };

const nameOf = (cause: Cause | undefined) => {
  if (cause?.kind === 'send') return cause.signal.name;
  return cause?.kind === 'receiver' ? cause.receiver.dispatchUid : cause?.kind;
};
const sends = () => new Told<SendTrace>('tracing:signals:send:start', (trace) => trace);
const receivers = () => new Told<ReceiverTrace>('tracing:signals:receiver:start', (trace) => trace);

describe('The trace of a send', () => {
  let one: ObservedSignals;
  let database: FakeDatabase;

  beforeEach(() => {
    one = observedSignals();
    database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
  });

  it('has what was sent, by whom, how, and whom it reaches', async () => {
    one.signals.connect(paid, () => {}, { dispatchUid: 'audit' });
    one.signals.connect(paid, () => {}, { dispatchUid: 'mail', phase: 'afterRollback' });
    using told = sends();

    await one.signals.send(paid, payload, { sender: Order });
    await one.signals.sendRobust(paid, payload);

    const base = { kind: 'send', signal: paid, payload, receivers: adminOf(one.signals).list() };
    expect(told.all).toMatchObject([
      { ...base, sender: Order, robust: false, skipped: [], cause: undefined, site: undefined },
      { ...base, sender: null, robust: true, skipped: [], cause: undefined, site: undefined },
    ]);
  });

  it('answers as without a listener', async () => {
    const veto = new Error('veto');
    one.signals.connect(paid, () => 'heard', { sender: Order });
    one.signals.connect(paid, () => Promise.reject(veto), { sender: 'import' });
    using _sends = sends();
    using _receivers = receivers();

    expect(await one.signals.send(paid, payload, { sender: Order })).toMatchObject([
      { value: 'heard' },
    ]);
    await expect(one.signals.send(paid, payload, { sender: 'import' })).rejects.toBe(veto);
  });

  it('names who was skipped: by the sender, by a condition, or silenced', async () => {
    const twice = () => {};
    one.signals.connect(paid, () => {}, { dispatchUid: 'of another', sender: 'import' });
    one.signals.connect(paid, () => {}, { dispatchUid: 'unwilling', when: () => false });
    one.signals.connect(paid, () => {}, { dispatchUid: 'silenced' });
    one.signals.connect(paid, twice, { sender: Order });
    one.signals.connect(paid, twice);
    using told = sends();

    await one.signals.mute({ dispatchUid: 'silenced' }, () =>
      one.signals.send(paid, payload, { sender: Order }),
    );

    const skipped = told.all[0]?.skipped ?? [];
    expect(skipped.map(({ receiver, reason }) => `${receiver.dispatchUid}: ${reason}`)).toEqual([
      'of another: sender',
      'silenced: muted',
      'unwilling: condition',
    ]);
  });

  it('is there although nobody hears the signal', async () => {
    using told = sends();

    expect(await one.signals.send(paid, payload)).toEqual([]);

    expect(told.all).toMatchObject([{ receivers: [], skipped: [] }]);
  });

  it('has its transaction, the named one first, and none outside', async () => {
    using told = sends();

    await one.signals.send(paid, payload);
    await database.transaction(async (manager) => one.signals.send(paid, payload, { manager }), {
      hidden: true,
    });

    expect(told.all.map(({ place }) => place)).toEqual([undefined, { transaction: 1, depth: 0 }]);
  });

  it('has the receiver that caused it, whose trace has the send that it ran for', async () => {
    one.signals.connect(paid, () => one.signals.send(receipted, payload), {
      dispatchUid: 'issue',
    });
    one.signals.connect(receipted, () => {}, { dispatchUid: 'file' });
    using told = sends();
    using ran = receivers();

    await one.signals.send(paid, payload);

    expect(told.all.map(({ cause }) => nameOf(cause))).toEqual([undefined, 'issue']);
    expect(ran.all.map(({ cause }) => nameOf(cause))).toEqual(['orders.paid', 'billing.receipted']);
    expect(ran.all.map(({ send }) => send)).toEqual(told.all);
  });
});

describe('The trace of a receiver', () => {
  const tracedIn = async (connect: (one: ObservedSignals) => void, robust = false) => {
    const one = observedSignals();
    const database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
    connect(one);
    using ran = receivers();
    await database.transaction(() =>
      robust ? one.signals.sendRobust(paid, payload) : one.signals.send(paid, payload),
    );
    return ran.all;
  };

  it('tells whether its failure harms nobody', async () => {
    const isolated = async (options: object, robust = false) =>
      (await tracedIn(({ signals }) => signals.connect(paid, () => {}, options), robust)).map(
        (trace) => trace.isolated,
      );

    expect(await isolated({})).toEqual([false]);
    expect(await isolated({ robust: true })).toEqual([true]);
    expect(await isolated({ phase: 'afterCommit' })).toEqual([true]);
    expect(await isolated({}, true)).toEqual([true]);
  });

  it('has the transaction that it works in, its own savepoint included, and none after it', async () => {
    const traces = await tracedIn(({ signals }) => {
      signals.connect(paid, () => {}, { dispatchUid: 'plain' });
      signals.connect(paid, () => {}, { dispatchUid: 'robust', robust: true });
      signals.connect(paid, () => {}, { dispatchUid: 'mail', phase: 'afterCommit' });
    });

    expect(traces.map(({ place }) => place?.depth)).toEqual([0, 1, undefined]);
    expect(traces[0]).toMatchObject({ kind: 'receiver', receiver: { dispatchUid: 'plain' } });
  });
});

describe('A cause', () => {
  const entry: EntryTrace = {
    kind: 'entry',
    entry: 'job',
    id: '1',
    facts: {},
    origin: undefined,
    application: undefined,
  };

  it('is what work was begun with, there and in all that it awaits', async () => {
    expect(currentCause()).toBeUndefined();

    await causedBy(entry, async () => {
      await new Promise(setImmediate);
      expect(currentCause()).toBe(entry);
    });

    expect(currentCause()).toBeUndefined();
  });

  it('can be resumed where no function encloses what follows', async () => {
    const follows = async () => {
      resumeCause(entry);
      await new Promise(setImmediate);
      return currentCause();
    };

    expect(await follows()).toBe(entry);
  });
});

describe('The site of a send', () => {
  const here = expect.stringMatching(/^libs\/signals\/test\/core\/send-traces\.spec\.ts:\d+$/);

  it('is captured while somebody asks for it', () => {
    expect(siteWhenWanted()).toBeUndefined();
    const first = traceSites();
    const second = traceSites();

    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(siteWhenWanted()).toEqual(here);

    second[Symbol.dispose]();
    expect(siteWhenWanted()).toBeUndefined();
  });

  it('is the one that is known, once, where the stack does not lead to it', () => {
    using _sites = traceSites();

    const sites = sentFrom('orders.ts:7', () => [siteWhenWanted(), siteWhenWanted()]);

    expect(sites).toEqual(['orders.ts:7', here]);
  });

  it('is forgotten when what it was known for has not asked for it', () => {
    using _sites = traceSites();
    const failing = () => {
      throw new Error('not sent');
    };

    expect(() => sentFrom('orders.ts:7', failing)).toThrow('not sent');
    sentFrom('orders.ts:7', () => {});

    expect(siteWhenWanted()).toEqual(here);
  });

  it('is in the trace', async () => {
    const { signals } = observedSignals();
    using _sites = traceSites();
    using told = sends();

    await signals.send(paid, payload);

    expect(told.all).toMatchObject([{ site: here }]);
  });
});
