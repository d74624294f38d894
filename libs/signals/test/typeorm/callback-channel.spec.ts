import { describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { traceSites, type CallbackTrace } from 'nestjs-signals/diagnostics';
import { atomic, onCommit, onRollback } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { Told } from '../support/tracing.js';
import { useDataSource } from '../support/use-data-source.js';

const noted = defineSignal<{ text: string }>('callbacks.noted');

describe('The channel signals:callback', () => {
  const one = useDataSource([LogLine]);
  const listen = () =>
    new Told('signals:callback', ({ label, state, reason }: CallbackTrace) =>
      [label, state, reason].filter(Boolean).join(' '),
    );

  it('tells of a callback when it is queued, runs and has run', async () => {
    using told = listen();

    await atomic(one.dataSource, async () => {
      onCommit(() => {}, { label: 'tell' });
      expect(told.all).toEqual(['tell queued']);
    });

    expect(told.all).toEqual(['tell queued', 'tell running', 'tell ran']);
  });

  it('tells of each callback that a rollback drops, savepoint by savepoint', async () => {
    using told = listen();

    await atomic(one.dataSource, async () => {
      onCommit(() => {}, { label: 'outer' });
      await atomic(one.dataSource, async () => {
        onCommit(() => {}, { label: 'inner' });
        throw new Error('undone');
      }).catch(() => {});
    });

    expect(told.all).toEqual([
      'outer queued',
      'inner queued',
      'inner dropped rolledBack',
      'outer running',
      'outer ran',
    ]);
  });

  it('tells which callback a later one with the same key replaced', async () => {
    using told = listen();

    await atomic(one.dataSource, async () => {
      onCommit(() => {}, { dedupeKey: 'k', label: 'first' });
      onCommit(() => {}, { dedupeKey: 'k', label: 'second' });
    });

    expect(told.all.slice(2)).toEqual(['first dropped replaced', 'second running', 'second ran']);
  });

  it('tells that what waits for a rollback is not needed after a commit', async () => {
    using told = listen();

    await atomic(one.dataSource, async () => onRollback(function undo() {}));

    expect(told.all).toEqual(['undo queued', 'undo dropped committed']);
  });

  it('tells of a failure, which is reported as without a listener', async () => {
    const failure = new Error('no');
    one.connect(
      noted,
      () => {
        throw failure;
      },
      { dispatchUid: 'later', phase: 'afterCommit' },
    );
    using _sends = new Told('tracing:signals:send:start', () => {});
    using failed = new Told('signals:callback', (trace: CallbackTrace) => ({ ...trace }));

    await atomic(one.dataSource, () => one.signals.send(noted, { text: 'x' }));

    expect(failed.all.map(({ state }) => state)).toEqual(['queued', 'running', 'failed']);
    expect(failed.all[2]).toMatchObject({
      error: failure,
      isReceiver: true,
      receiver: { dispatchUid: 'later' },
      send: { signal: noted },
      place: { depth: 0 },
    });
    expect(one.reported).toEqual([
      { error: failure, what: "Receiver 'later' of 'callbacks.noted' failed" },
    ]);
  });

  it('names the receiver that queued a callback, and the line when sites are traced', async () => {
    one.connect(noted, (_, context) => context.onCommit(() => {}), { dispatchUid: 'queues' });
    using _sites = traceSites();
    using _runs = new Told('tracing:signals:receiver:start', () => {});
    using queued = new Told('signals:callback', (trace: CallbackTrace) => ({ ...trace }));

    await atomic(one.dataSource, () => one.signals.send(noted, { text: 'x' }));

    expect(queued.all[0]).toMatchObject({
      isReceiver: false,
      receiver: { dispatchUid: 'queues' },
      cause: { kind: 'receiver', receiver: { dispatchUid: 'queues' } },
      site: expect.stringContaining('callback-channel.spec.ts:'),
    });
  });
});
