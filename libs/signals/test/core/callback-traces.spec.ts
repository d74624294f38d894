import { describe, expect, it } from '@jest/globals';
import { defineSignal, type TransactionCallback } from 'nestjs-signals/core';
import {
  hostOf,
  runCallbacks,
  runOutsideTransaction,
  CallbackLog,
} from 'nestjs-signals/integration';
import { traceSites, type CallbackTrace } from 'nestjs-signals/diagnostics';
import { Told } from '../support/tracing.js';
import { FakeDatabase } from './fake-database.js';
import { observedSignals } from './support.js';

const paid = defineSignal<object>('orders.paid');

const listen = () =>
  new Told('signals:callback', ({ label, state, reason }: CallbackTrace) =>
    [label, state, reason].filter(Boolean).join(' '),
  );
/** The traces as they were when they were told of. */
const snapshots = () =>
  new Told('signals:callback', (trace: CallbackTrace): CallbackTrace => ({ ...trace }));
const labelled = (label: string, dedupeKey?: string) => ({
  label,
  ...(dedupeKey && { dedupeKey }),
});
const run = (due: readonly TransactionCallback[]) => runCallbacks(due, () => {}, 'failed');

describe('The trace of a callback of a transaction', () => {
  it('changes when the callback is queued, runs, and has run', async () => {
    const effects = new CallbackLog();
    using told = listen();

    effects.onCommit(() => void told.all.push('work'), labelled('tell'));
    const due = effects.commit();
    expect(told.all).toEqual(['tell queued']);
    await run(due);

    expect(told.all).toEqual(['tell queued', 'tell running', 'work', 'tell ran']);
  });

  it('ends with the failure, which still reaches whoever runs the callback', async () => {
    const effects = new CallbackLog();
    const failure = new Error('no');
    using told = snapshots();
    effects.onCommit(() => Promise.reject(failure), labelled('tell'));

    await expect((async () => effects.commit()[0]?.())()).rejects.toBe(failure);

    expect(told.all.map(({ state, error }) => [state, error])).toEqual([
      ['queued', undefined],
      ['running', undefined],
      ['failed', failure],
    ]);
  });

  it.each<[string, (effects: CallbackLog) => unknown, string[]]>([
    ['a rollback', (effects) => effects.rollback(), ['commit dropped rolledBack']],
    ['a commit', (effects) => effects.commit(), ['rollback dropped committed']],
    [
      'an end that nobody knows',
      (effects) => effects.abandon(),
      ['commit dropped unknown', 'rollback dropped unknown'],
    ],
  ])('tells what is dropped by %s', (_, end, expected) => {
    const effects = new CallbackLog();
    effects.onCommit(() => {}, labelled('unheard'));
    using told = listen();
    effects.onCommit(() => {}, labelled('commit'));
    effects.onRollback(function rollback() {});

    end(effects);

    expect(told.all.slice(2)).toEqual(expected);
    expect(effects.commit()).toEqual([]);
    expect(effects.rollback()).toEqual([]);
  });

  it('tells what a savepoint drops when it rolls back, and leaves the rest', async () => {
    const effects = new CallbackLog();
    using told = listen();
    effects.onCommit(() => {}, labelled('before'));
    effects.savepoint('a');
    effects.onCommit(() => {}, labelled('inside'));
    effects.onRollback(function undo() {});
    effects.rollbackTo('a');

    await run(effects.commit());

    expect(told.all.slice(3)).toEqual([
      'inside dropped rolledBack',
      'before running',
      'before ran',
      'undo running',
      'undo ran',
    ]);
  });

  it('tells that a later callback of the same key took its place', async () => {
    const effects = new CallbackLog();
    using told = listen();
    effects.onCommit(() => {}, labelled('first', 'k'));
    effects.onCommit(() => {}, labelled('other'));
    effects.onCommit(() => {}, labelled('second', 'k'));

    await run(effects.commit());

    expect(told.all.slice(3)).toEqual([
      'first dropped replaced',
      'second running',
      'second ran',
      'other running',
      'other ran',
    ]);
  });

  it('has the transaction and the savepoint in which it was registered', () => {
    const effects = new CallbackLog(7);
    using told = snapshots();
    effects.onCommit(() => {});
    effects.savepoint('a');
    effects.savepoint('b');
    effects.onRollback(() => {});

    expect(told.all.map(({ on, place }) => [on, place])).toEqual([
      ['commit', { transaction: 7, depth: 0 }],
      ['rollback', { transaction: 7, depth: 2 }],
    ]);
  });

  it('is called by its label, by the name of its function, or something', () => {
    const effects = new CallbackLog();
    using told = snapshots();
    effects.onCommit(function print() {}, labelled('tell'));
    effects.onCommit(function print() {});
    effects.onCommit(() => {});

    expect(told.all.map(({ label }) => label)).toEqual([
      'tell',
      'print',
      'A callback without a name',
    ]);
    expect(told.all[0]).toMatchObject({
      kind: 'callback',
      receiver: undefined,
      isReceiver: false,
      send: undefined,
      site: undefined,
      cause: undefined,
    });
  });

  it('has the line that registered it, where sites are traced', () => {
    using _sites = traceSites();
    using told = snapshots();

    new CallbackLog().onCommit(() => {});

    expect(told.all[0]?.site).toMatch(/^libs\/signals\/test\/core\/callback-traces\.spec\.ts:\d+$/);
  });

  it('is made only while somebody listens', async () => {
    const effects = new CallbackLog();
    effects.onCommit(() => {}, labelled('early'));
    using told = listen();

    await run(effects.commit());

    expect(told.all).toEqual([]);
  });
});

describe('The trace of a callback of a receiver', () => {
  it('has the receiver that registered it, or that it is', async () => {
    const { signals } = observedSignals();
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    signals.connect(paid, (_, { onCommit }) => onCommit(() => {}), { dispatchUid: 'issue' });
    signals.connect(paid, () => {}, { dispatchUid: 'mail', phase: 'afterCommit' });
    using _sends = new Told('tracing:signals:send:start', () => {});
    using told = snapshots();

    await database.transaction(() => signals.send(paid, {}));

    expect(told.all.filter(({ state }) => state === 'queued')).toMatchObject([
      {
        label: "A callback of receiver 'issue' of 'orders.paid'",
        receiver: { dispatchUid: 'issue' },
        isReceiver: false,
        send: undefined,
      },
      {
        label: "Receiver 'mail' of 'orders.paid'",
        receiver: { dispatchUid: 'mail' },
        isReceiver: true,
        send: { signal: paid },
      },
    ]);
  });

  it.each(['afterCommit', 'afterRollback'] as const)(
    'tells a failure in phase %s, which is reported once and as without a listener',
    async (phase) => {
      const failure = new Error('no');
      const { signals, reported } = observedSignals();
      const database = new FakeDatabase(() => {});
      hostOf(signals).useTransactions(database);
      const fail = () => Promise.reject(failure);
      signals.connect(paid, fail, { dispatchUid: 'mail', phase });
      using told = listen();

      await database
        .transaction(async () => {
          await signals.send(paid, {});
          if (phase === 'afterRollback') throw new Error('undo');
        })
        .catch(() => {});

      const what = "Receiver 'mail' of 'orders.paid'";
      expect(told.all).toEqual([`${what} queued`, `${what} running`, `${what} failed`]);
      expect(reported).toEqual([{ error: failure, what: `${what} failed` }]);
    },
  );

  it('is there outside a transaction too, without a place', async () => {
    const { signals } = observedSignals();
    signals.connect(paid, () => {}, { dispatchUid: 'mail', phase: 'afterCommit' });
    using told = snapshots();

    await signals.send(paid, {});

    expect(told.all.map(({ state }) => state)).toEqual(['queued', 'running', 'ran']);
    expect(told.all[0]).toMatchObject({
      receiver: { dispatchUid: 'mail' },
      isReceiver: true,
      place: undefined,
    });
  });
});

describe('The trace of a callback without a transaction', () => {
  it('is called as it is reported', async () => {
    const failures: unknown[] = [];
    const fail = () => Promise.reject(new Error('no'));
    using told = listen();

    await runOutsideTransaction(fail, 'Free work', 'run', (_, what) => failures.push(what));

    expect(told.all).toEqual(['Free work queued', 'Free work running', 'Free work failed']);
    expect(failures).toEqual(['Free work failed']);
  });
});
