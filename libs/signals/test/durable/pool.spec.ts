import { setTimeout } from 'node:timers/promises';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { durableSignals, PoolTooSmallError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: number }>('orders.paid');
const RECEIVERS = 6;
const SENDS = 3;

describe('The pool of the data source', () => {
  let database: TestDatabase;
  let warn: jest.SpiedFunction<typeof process.emitWarning>;
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  });
  afterEach(() => warn.mockRestore());

  const hear = (
    signals: Signals,
    ran: { count: number },
    ask: () => Promise<unknown>,
    way: string,
  ) => {
    for (let index = 0; index < RECEIVERS; index += 1) {
      signals.connect(
        paid,
        async (_, { manager, onCommit }) => {
          await manager.insert(LogLine, { text: 'x' });
          const count = async () => {
            await ask();
            ran.count += 1;
          };
          // So that as many as can are at it at a time.
          await setTimeout(20);
          if (way === 'an injected repository') await count();
          else if (way === 'a callback after the commit') onCommit(count);
          else ran.count += 1;
        },
        { phase: 'durable', dispatchUid: `full.${index}` },
      );
    }
  };
  const send = ({ dataSource, signals }: DurableProcess) =>
    atomic(dataSource, async () => {
      for (let order = 0; order < SENDS; order += 1) await signals.send(paid, { order });
    });

  it.each(
    [2, 5, 10, 16].flatMap((poolSize) =>
      ['nothing else', 'an injected repository', 'a callback after the commit'].map(
        (way) => [poolSize, way] as const,
      ),
    ),
  )(
    'of %i does all work, with %s in every receiver, and answers meanwhile',
    async (poolSize, way) => {
      const ran = { count: 0 };
      await using running = await DurableProcess.start(database, {
        poolSize,
        connect: (signals, dataSource) => hear(signals, ran, () => dataSource.query('SELECT'), way),
      });

      await send(running);
      await until(async () => {
        await running.dataSource.query('SELECT');
        return ran.count === RECEIVERS * SENDS;
      });
      await running.settled();

      expect(running.reported).toEqual([]);
    },
  );

  it('is told of where it is smaller than the receivers ask for, with the numbers', async () => {
    const connect = (signals: Signals) => hear(signals, { count: 0 }, async () => {}, '');
    await using _small = await DurableProcess.start(database, { poolSize: 10, connect });
    expect(warn.mock.calls).toEqual([
      [
        'The durable receivers of this process may run 12 deliveries at a time, but the pool of the data ' +
          'source has 10 connections, of which 4 are left to others: 6 run at a time. A poolSize of 16 ' +
          'lets all of them.',
        'SignalsWarning',
      ],
    ]);

    warn.mockClear();
    await using _large = await DurableProcess.start(database, { poolSize: 16, connect });
    await using _sender = await DurableProcess.start(database, {
      poolSize: 1,
      workers: false,
      connect,
    });
    expect(warn).not.toHaveBeenCalled();
  });

  it('of one is refused, for a receiver would wait for itself', async () => {
    const connect = (signals: Signals) => hear(signals, { count: 0 }, async () => {}, '');
    const starting = DurableProcess.start(database, { poolSize: 1, connect });

    await expect(starting).rejects.toThrow(PoolTooSmallError);
    await expect(starting).rejects.toThrow(/poolSize of 2 at least.* workers: false/);
  });

  it('is shared by all applications on the data source', async () => {
    const ran = { count: 0 };
    await using first = await DurableProcess.start(database, {
      poolSize: 6,
      connect: (signals, dataSource) =>
        hear(signals, ran, () => dataSource.query('SELECT'), 'an injected repository'),
    });
    const signals = new Signals();
    const ask = () => first.dataSource.query('SELECT');
    hear(signals, ran, ask, 'an injected repository');
    const host = { signals, onError: () => {}, resolve: (): never => undefined as never };
    using second = durableSignals({ dataSource: first.dataSource, pollInterval: 500 }).attach(host);
    await second.start();
    await second.ready();

    await send(first);
    await until(() => ran.count === RECEIVERS * SENDS);

    await second.stop(5_000);
    expect(first.reported).toEqual([]);
  });
});
