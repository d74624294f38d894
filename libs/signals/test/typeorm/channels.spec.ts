import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { defineSignal } from 'nestjs-signals/core';
import {
  type Cause,
  receiverChannel,
  sendChannel,
  type ReceiverTrace,
  type SendTrace,
  type TransactionTrace,
} from 'nestjs-signals/diagnostics';
import { atomic, postSave } from 'nestjs-signals/typeorm';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

const noted = defineSignal<{ text: string }>('test.noted');

describe('The diagnostics channels', () => {
  let one: SignalsOnDataSource;

  beforeAll(async () => {
    one = await startDataSource([LogLine]);
  });
  afterAll(() => one.close());

  it('tell of transactions and their savepoints what the database answered', async () => {
    const told: TransactionTrace[] = [];
    const listen = (message: unknown) => void told.push(message as TransactionTrace);
    subscribe('signals:transaction', listen);

    await atomic(one.dataSource, async () => {
      await atomic(one.dataSource, async () => {
        throw new Error('inner');
      }).catch(() => {});
    });
    await atomic(one.dataSource, async () => {
      throw new Error('outer');
    }).catch(() => {});
    unsubscribe('signals:transaction', listen);

    expect(told.map(({ event }) => event)).toEqual([
      'begin',
      'savepoint',
      'rollbackTo',
      'committed',
      'begin',
      'rolledBack',
    ]);
    const [first, second, ...others] = new Set(told.map(({ transaction }) => transaction));
    expect(second).toBeGreaterThan(first ?? NaN);
    expect(others).toEqual([]);
  });

  it('tell of sends and receivers with their cause, deferred ones included', async () => {
    const told: string[] = [];
    const name = (trace: Cause | undefined): string => {
      if (trace?.kind === 'send') return trace.signal.name;
      return trace?.kind === 'receiver' ? trace.receiver.dispatchUid : '-';
    };
    const handlers = {
      start: (trace: object) => {
        const span = trace as SendTrace | ReceiverTrace;
        told.push(`${name(span)} by ${name(span.cause)}`);
      },
      end: () => {},
      asyncStart: () => {},
      asyncEnd: () => {},
      error: () => {},
    };
    sendChannel.subscribe(handlers);
    receiverChannel.subscribe(handlers);
    using _nested = one.signals.connect(postSave, () => one.signals.send(noted, { text: 'x' }), {
      dispatchUid: 'nested',
    });
    using _later = one.signals.connect(noted, () => {}, {
      dispatchUid: 'later',
      phase: 'afterCommit',
    });

    await one.dataSource.manager.save(Object.assign(new LogLine(), { text: 'a' }));
    sendChannel.unsubscribe(handlers);
    receiverChannel.unsubscribe(handlers);

    expect(told).toEqual([
      'model.postSave by -',
      'nested by model.postSave',
      'test.noted by nested',
      'later by test.noted',
    ]);
  });

  it('tell nothing of what a failing receiver does to the caller: it gets its error', async () => {
    const errors: unknown[] = [];
    const handlers = {
      start: () => {},
      end: () => {},
      asyncStart: () => {},
      asyncEnd: () => {},
      error: (trace: object) => void errors.push((trace as { error: unknown }).error),
    };
    receiverChannel.subscribe(handlers);
    const failure = new Error('no');
    using _failing = one.signals.connect(noted, () => {
      throw failure;
    });

    await expect(one.signals.send(noted, { text: 'x' })).rejects.toBe(failure);
    receiverChannel.unsubscribe(handlers);

    expect(errors).toEqual([failure]);
  });
});
