import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  DurableOutsideTransactionError,
  Signals,
  type AnySignal,
} from 'nestjs-signals';
import {
  DurableNotStartedError,
  durableSignals,
  OtherDataSourceError,
  PoolTooSmallError,
  UnstorablePayloadError,
} from 'nestjs-signals/durable';
import { atomic, postDelete, postSave, typeOrmSignals } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

const paid = defineSignal<{ readonly order: unknown }>('orders.paid');

describe('What a durable receiver could not be told is refused before anybody has heard it', () => {
  let database: TestDatabase;
  let other: TestDatabase;
  let running: DurableProcess;
  let ran: string[];
  const send = (order: unknown = 'o-1') => running.signals.send(paid, null, { order });

  beforeAll(async () => {
    database = await createDurableDatabase();
    other = await createDurableDatabase();
  });
  afterAll(async () => {
    await database.drop();
    await other.drop();
  });
  beforeEach(async () => {
    ran = [];
    running = await DurableProcess.start(database, {
      workers: false,
      connect: (signals) => {
        signals.connect(paid, async (_, { manager }) => {
          ran.push('in the transaction');
          await manager.insert(LogLine, { text: 'written' });
        });
        signals.connect(paid, () => void ran.push('after it'), { phase: 'afterCommit' });
        signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'issue' });
      },
    });
  });
  afterEach(() => running.stop());

  it.each<[string, () => Promise<unknown>, new (...of: never[]) => Error]>([
    ['a send without a transaction', () => send(), DurableOutsideTransactionError],
    [
      'a robust one',
      () => running.signals.sendRobust(paid, null, { order: 1 }),
      DurableOutsideTransactionError,
    ],
    [
      'one with the manager of no transaction',
      () => running.signals.send(paid, null, { order: 1 }, running.dataSource),
      DurableOutsideTransactionError,
    ],
    [
      'one in a transaction of another data source',
      async () => {
        await using stranger = await DurableProcess.start(other, { workers: false });
        await stranger.dataSource.transaction((manager) =>
          running.signals.send(paid, null, { order: 1 }, { manager }),
        );
      },
      OtherDataSourceError,
    ],
    [
      'a payload that cannot be kept',
      () => atomic(running.dataSource, () => send(new Date())),
      UnstorablePayloadError,
    ],
  ])('%s', async (_, sending, reason) => {
    await expect(sending()).rejects.toThrow(reason);
    expect({ ran, lines: await running.lines() }).toEqual({ ran: [], lines: [] });
  });

  it('a send before there is anything to write deliveries to', async () => {
    const signals = new Signals();
    const host = { signals, onError: () => {}, resolve: (): never => undefined as never };
    const { dataSource } = running;
    using _typeorm = typeOrmSignals({ dataSources: { default: dataSource } }).attach(host);
    using _durable = durableSignals({ dataSource }).attach(host);
    signals.connect(paid, () => void ran.push('in the transaction'));
    signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'issue' });

    const sending = atomic(dataSource, () => signals.send(paid, null, { order: 1 }));

    await expect(sending).rejects.toThrow(DurableNotStartedError);
    expect(ran).toEqual([]);
  });

  it.each<[string, AnySignal, (line: LogLine) => Promise<unknown>]>([
    [
      'an insert',
      postSave,
      () =>
        running.dataSource.manager.save(Object.assign(new LogLine(), { text: 'new' }), {
          transaction: false,
        }),
    ],
    [
      'an update',
      postSave,
      (line) =>
        running.dataSource.manager.save(Object.assign(line, { text: 'changed' }), {
          transaction: false,
        }),
    ],
    [
      'a removal',
      postDelete,
      (line) => running.dataSource.manager.remove(line, { transaction: false }),
    ],
  ])('%s of a model outside a transaction', async (_, signal, write) => {
    const line = Object.assign(new LogLine(), { text: 'kept' });
    await running.dataSource.manager.save(line);
    const connected = running.signals.connect(signal as typeof postSave, () => {}, {
      sender: LogLine,
      phase: 'durable',
      dispatchUid: 'issue',
    });

    await expect(write(line)).rejects.toThrow(DurableOutsideTransactionError);
    expect(await running.lines()).toEqual(['kept']);

    connected[Symbol.dispose]();
    await running.dataSource.manager.clear(LogLine);
  });

  it('and leaves the transaction whole for whoever catches it', async () => {
    await atomic(running.dataSource, async (manager) => {
      await send({ text: 'a\u0000' }).catch(() => undefined);
      await manager.insert(LogLine, { text: 'instead' });
    });

    expect(await running.lines()).toEqual(['instead']);
    await running.dataSource.manager.clear(LogLine);
  });
});

describe('A pool that is too small for the durable receivers', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());

  const connect = (count: number) => (signals: Signals) => {
    for (let index = 0; index < count; index += 1) {
      const options = { phase: 'durable', dispatchUid: `r.${index}`, concurrency: 3 } as const;
      signals.connect(paid, () => {}, options);
    }
  };

  it('is refused at start, with the numbers and the way out, and leaves nothing behind', async () => {
    const starting = DurableProcess.start(database, { connect: connect(3) });

    await expect(starting).rejects.toThrow(PoolTooSmallError);
    await expect(starting).rejects.toThrow(
      'The durable receivers of this process run 9 deliveries at a time and need 13 connections with ' +
        'the 4 beside them, but the pool of the data source has 12: all would wait for each other for ' +
        'ever. Give the data source a poolSize of 13, receivers less concurrency, or this process ' +
        'workers: false.',
    );
    await using _enough = await DurableProcess.start(database, { connect: connect(2) });
  });

  it('is no matter to a process that only sends', async () => {
    await using sender = await DurableProcess.start(database, {
      workers: false,
      connect: connect(20),
    });

    expect(sender.durable.health().isStarted).toBe(true);
  });

  it('counts the receivers of all applications on the data source together', async () => {
    await using first = await DurableProcess.start(database, { connect: connect(2) });

    const signals = new Signals();
    connect(1)(signals);
    const host = { signals, onError: () => {}, resolve: (): never => undefined as never };
    using second = durableSignals({ dataSource: first.dataSource }).attach(host);

    await expect(second.start()).rejects.toThrow(/run 9 deliveries/);
    await first.stop();
    await using _alone = await DurableProcess.start(database, { connect: connect(2) });
  });

  it.each(['callback after the commit', 'injected repository'])(
    'and one that is just large enough does all work, with a %s in every receiver',
    async (way) => {
      let ran = 0;
      await using running = await DurableProcess.start(database, {
        connect: (signals, dataSource) => {
          for (let index = 0; index < 4; index += 1) {
            signals.connect(
              paid,
              async (_, { manager, onCommit }) => {
                await manager.insert(LogLine, { text: 'x' });
                const ask = async () => {
                  await dataSource.query('SELECT');
                  ran += 1;
                };
                if (way === 'injected repository') await ask();
                else onCommit(ask);
              },
              { phase: 'durable', dispatchUid: `full.${index}` },
            );
          }
        },
      });

      await atomic(running.dataSource, async () => {
        for (let order = 0; order < 5; order += 1) {
          await running.signals.send(paid, null, { order });
        }
      });
      await running.settled();

      expect(ran).toBe(20);
    },
  );
});
