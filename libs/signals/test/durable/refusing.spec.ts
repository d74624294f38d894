import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  DurableOutsideTransactionError,
  ReceiverDeclarationError,
  Signals,
  type AnySignal,
} from 'nestjs-signals/core';
import {
  DurableNotStartedError,
  durableSignals,
  OtherDataSourceError,
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
  const send = (order: unknown = 'o-1') => running.signals.send(paid, { order });

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
      () => running.signals.sendRobust(paid, { order: 1 }),
      DurableOutsideTransactionError,
    ],
    [
      'one with the manager of no transaction',
      () => running.signals.send(paid, { order: 1 }, { manager: running.dataSource.manager }),
      DurableOutsideTransactionError,
    ],
    [
      'one in a transaction of another data source',
      async () => {
        await using stranger = await DurableProcess.start(other, { workers: false });
        await stranger.dataSource.transaction((manager) =>
          running.signals.send(paid, { order: 1 }, { manager }),
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

  it.each<[string, (times: number) => boolean]>([
    ['says no, and then yes', (times) => times > 1],
    [
      'fails, and then says yes',
      (times) => {
        if (times === 1) throw new Error('not yet');
        return true;
      },
    ],
  ])('a send without a transaction to a receiver whose condition %s', async (_, when) => {
    let times = 0;
    const moody = defineSignal<unknown>('orders.moody');
    running.signals.connect(moody, () => void ran.push('in the transaction'));
    running.signals.connect(moody, () => {}, {
      phase: 'durable',
      dispatchUid: 'moody',
      when: () => when((times += 1)),
    });

    const sending = running.signals.send(moody, {});

    await expect(sending).rejects.toThrow(DurableOutsideTransactionError);
    expect(ran).toEqual([]);
  });

  it.each(['orderingKey', 'delay', 'priority'])(
    'a %s that is no text and cannot be shown',
    async (of) => {
      const odd = defineSignal<unknown>('orders.odd');
      running.signals.connect(odd, () => void ran.push('in the transaction'));
      running.signals.connect(odd, () => {}, {
        phase: 'durable',
        dispatchUid: 'odd',
        [of]: () => Object.create(null) as never,
      });

      const sending = atomic(running.dataSource, () => running.signals.send(odd, {}));

      await expect(sending).rejects.toThrow(ReceiverDeclarationError);
      await expect(sending).rejects.toThrow('an object');
      expect(ran).toEqual([]);
    },
  );

  it('a send before there is anything to write deliveries to', async () => {
    const signals = new Signals();
    const host = { signals, onError: () => {}, resolve: (): never => undefined as never };
    const { dataSource } = running;
    using _typeorm = typeOrmSignals({ dataSources: { default: dataSource } }).attach(host);
    using _durable = durableSignals({ dataSource }).attach(host);
    signals.connect(paid, () => void ran.push('in the transaction'));
    signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'issue' });

    const sending = atomic(dataSource, () => signals.send(paid, { order: 1 }));

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
