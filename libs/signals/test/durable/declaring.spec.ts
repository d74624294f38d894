import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineSignal, ReceiverDeclarationError, Signals } from 'nestjs-signals/core';
import type { AnyReceiverOptions } from 'nestjs-signals/integration';
import {
  DurableNotStartedError,
  durableSignals,
  OtherDataSourceError,
} from 'nestjs-signals/durable';
import { atomic, postSave } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('A durable receiver is refused when it is connected', () => {
  const connect = (options: AnyReceiverOptions) => () =>
    (new Signals().connect as (...args: unknown[]) => Disposable).call(
      new Signals(),
      paid,
      () => {},
      options,
    );
  const durable = { phase: 'durable', dispatchUid: 'billing.issue' } as const;

  it.each<[string, AnyReceiverOptions, RegExp]>([
    ['without a dispatchUid', { phase: 'durable' }, /needs a dispatchUid/],
    ['with an unknown effect', { ...durable, effect: 'magic' as never }, /unknown effect 'magic'/],
    [
      'with onUnknownOutcome and an effect on the database',
      { ...durable, onUnknownOutcome: 'retry' },
      /no outcome is unknown/,
    ],
    [
      'with an ordering key and a batch',
      { ...durable, orderingKey: () => 'a', batch: 2 },
      /an orderingKey and a batch/,
    ],
    [
      'with an external effect and a batch',
      { ...durable, effect: 'external', onUnknownOutcome: 'retry', batch: 2 },
      /a batch/,
    ],
    ['with half a second of time', { ...durable, timeout: 500 }, /timeout: 500; whole seconds/],
    [
      'with less than no retries',
      { ...durable, retries: -1 },
      /retries: -1; a whole number from 0/,
    ],
    [
      'in another phase with its options',
      { phase: 'afterCommit', retries: 2 },
      /'retries', which belongs to phase 'durable'/,
    ],
  ])('%s', (_, options, message) => {
    expect(connect(options)).toThrow(ReceiverDeclarationError);
    expect(connect(options)).toThrow(message);
  });
});

describe('Durable signals', () => {
  let database: TestDatabase;
  let other: TestDatabase;
  beforeAll(async () => {
    database = await createDurableDatabase();
    other = await createDurableDatabase();
  });
  afterAll(async () => {
    await database.drop();
    await other.drop();
  });
  const start = (connect: (signals: Signals) => void) =>
    DurableProcess.start(database, { workers: false, connect });
  const receiver = (options: object) => {
    return (signals: Signals) =>
      void signals.connect(paid, () => {}, {
        phase: 'durable',
        dispatchUid: 'billing.issue',
        ...options,
      });
  };

  it('do not start with a name that no queue can have', async () => {
    await expect(start(receiver({ dispatchUid: 'billing issue' }))).rejects.toThrow(
      /'billing issue' cannot be the dispatchUid of a durable receiver: letters, digits/,
    );
    await expect(start(receiver({ dispatchUid: 'dead-letters' }))).rejects.toThrow(/is taken/);
  });

  it('leave nothing running that would keep a process alive when they do not start', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers();

    await expect(start(receiver({ dispatchUid: 'billing issue' }))).rejects.toThrow(
      /cannot be the dispatchUid/,
    );

    expect(timers()).toEqual(before);
  });

  it('do not start when a receiver whose deliveries are kept gets a key, or loses it', async () => {
    await (await start(receiver({ dispatchUid: 'ship' }))).stop();

    await expect(start(receiver({ dispatchUid: 'ship', orderingKey: () => 'a' }))).rejects.toThrow(
      /'ship' has a key, which its deliveries that are kept were written without/,
    );
  });

  it('take over the options that a later build gives to a receiver', async () => {
    await (await start(receiver({ dispatchUid: 'pack', retries: 1 }))).stop();

    await using later = await start(receiver({ dispatchUid: 'pack', retries: 5 }));

    expect(
      await later.dataSource.query(`SELECT retry_limit FROM signals.queue WHERE name = 'pack'`),
    ).toEqual([{ retry_limit: 5 }]);
  });

  it('refuse a send to a receiver that was connected after they had started', async () => {
    await using running = await start(() => {});
    receiver({ dispatchUid: 'late' })(running.signals);

    const sent = atomic(running.dataSource, () => running.signals.send(paid, { order: '1' }));

    await expect(sent).rejects.toThrow(ReceiverDeclarationError);
    await expect(sent).rejects.toThrow(
      /'late' has no queue .* connected after durable signals had/,
    );
  });

  it('refuse a key that is empty, for it would put everything into one line', async () => {
    await using running = await start(receiver({ dispatchUid: 'keyed', orderingKey: () => '' }));

    const sent = atomic(running.dataSource, () => running.signals.send(paid, { order: '1' }));

    await expect(sent).rejects.toThrow(/key of receiver 'keyed' answered an empty text/);
  });

  it('refuse a send in a transaction of another data source', async () => {
    await using running = await start(receiver({}));
    await using stranger = await DurableProcess.start(other, { workers: false });

    const sent = stranger.dataSource.transaction((manager) =>
      running.signals.send(paid, { order: '1' }, { manager }),
    );

    await expect(sent).rejects.toThrow(OtherDataSourceError);
  });

  it('say so when they are asked for something before they are attached', async () => {
    const durable = durableSignals();

    expect(() => durable.deadLetters).toThrow(DurableNotStartedError);
    expect(durable.health().isStarted).toBe(false);
  });

  it('tell a receiver of a model what was asked for, as it was at the send', async () => {
    const told: unknown[] = [];
    await using running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(postSave, (payload) => void told.push(payload), {
          sender: LogLine,
          phase: 'durable',
          dispatchUid: 'audit.lines',
          columns: ['text'],
        });
      },
    });
    const line = Object.assign(new LogLine(), { text: 'first' });

    await atomic(running.dataSource, async (manager) => {
      await manager.save(line);
      line.text = 'second';
      await manager.save(line);
    });
    await running.settled();

    expect(told).toHaveLength(2);
    expect(told).toContainEqual(
      expect.objectContaining({ id: line.id, created: true, values: { text: 'first' } }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({ created: false, changed: ['text'], values: { text: 'second' } }),
    );
  });
});
