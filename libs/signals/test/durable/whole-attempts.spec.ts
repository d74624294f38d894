import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import {
  defineSignal,
  type DurableOptions,
  type ReceiverContext,
  type Signals,
} from 'nestjs-signals/core';
import { AttemptTransactionError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

interface Paid {
  readonly order: string;
}
const paid = defineSignal<Paid>('orders.paid');

type End = (runner: QueryRunner) => Promise<unknown>;
const sql =
  (text: string): End =>
  (runner) =>
    runner.query(text);

const ENDS: readonly [string, End][] = [
  ['commitTransaction()', (runner) => runner.commitTransaction()],
  ['rollbackTransaction()', (runner) => runner.rollbackTransaction()],
  ...[
    'COMMIT',
    'commit work;',
    'END',
    'ROLLBACK',
    'ABORT TRANSACTION',
    '-- so\n/* it\nis */ rollback',
    'COMMIT AND CHAIN',
    'ROLLBACK AND CHAIN',
    "PREPARE TRANSACTION 'p'",
    "INSERT INTO log_lines (text) VALUES ('more; '); ROLLBACK",
    'SAVEPOINT a; ROLLBACK TO a; COMMIT; BEGIN',
  ].map((text): [string, End] => [text, sql(text)]),
];

describe('The transaction of an attempt', () => {
  let database: TestDatabase;
  let refusals: unknown[];
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    refusals = [];
  });
  afterEach(async () => {
    await using cleaner = await DurableProcess.start(database, { workers: false });
    await cleaner.dataSource.query('DELETE FROM signals.job');
    await cleaner.dataSource.manager.clear(LogLine);
  });

  /** Sends two before anybody takes them, so that a batch takes both. */
  const start = async (
    options: DurableOptions<Paid>,
    receive: (order: string, runner: QueryRunner) => Promise<void>,
  ) => {
    const connect = (signals: Signals) =>
      void signals.connect(
        paid,
        async ({ order }: Paid, { manager }: ReceiverContext) => {
          const { queryRunner } = manager;
          if (!queryRunner) throw new Error('An attempt without a transaction.');
          await queryRunner.manager.insert(LogLine, { text: order });
          await receive(order, queryRunner);
        },
        { ...options, phase: 'durable', dispatchUid: 'issue', retries: 0 },
      );
    {
      await using sender = await DurableProcess.start(database, { workers: false, connect });
      await atomic(sender.dataSource, async () => {
        await sender.signals.send(paid, { order: 'o-1' });
        await sender.signals.send(paid, { order: 'o-2' });
      });
    }
    return DurableProcess.start(database, { connect });
  };
  const ended = (process: DurableProcess) =>
    until(async () => {
      const jobs = await process.jobs('issue');
      return jobs.every(({ state }) => ['completed', 'failed'].includes(state)) && jobs;
    });

  const ways = ENDS.flatMap(([what, end]) =>
    [{}, { batch: 5 }].map((options) => [what, JSON.stringify(options), end, options] as const),
  );

  it.each(ways)('is not ended by a receiver: %s (%s)', async (_what, _how, end, options) => {
    await using process = await start(options, async (order, runner) => {
      if (order === 'o-1') await end(runner);
    });
    await ended(process);

    expect(await process.lines()).toEqual(['o-2']);
    expect(await process.durable.deadLetters.list()).toMatchObject([
      { reason: new AttemptTransactionError().message, delivery: { payload: { order: 'o-1' } } },
    ]);
    expect(await process.openTransactions()).toBe(0);
  });

  it.each(ways)('goes on for one that tried: %s (%s)', async (_what, _how, end, options) => {
    await using process = await start(options, async (order, runner) => {
      if (order === 'o-1') await end(runner).catch((error: unknown) => void refusals.push(error));
    });
    await ended(process);

    expect((await process.lines()).toSorted()).toEqual(['o-1', 'o-2']);
    expect(await process.durable.deadLetters.count()).toBe(0);
    expect(refusals).toEqual([expect.any(AttemptTransactionError)]);
  });

  it.each([{}, { batch: 5 }])('has savepoints of the receiver (%j)', async (options) => {
    await using process = await start(options, async (order, { manager }) => {
      await manager
        .transaction(async (inner) => {
          await inner.insert(LogLine, { text: `${order} undone` });
          throw new Error('undo');
        })
        .catch(() => undefined);
      await manager.query('SAVEPOINT own');
      await manager.insert(LogLine, { text: `${order} undone, too` });
      await manager.query('ROLLBACK TO own');
      await manager.transaction((inner) => inner.insert(LogLine, { text: `${order} kept` }));
    });
    await ended(process);

    expect((await process.lines()).toSorted()).toEqual(['o-1', 'o-1 kept', 'o-2', 'o-2 kept']);
  });

  it.each([{}, { batch: 5 }])(
    'keeps nothing of one that fails in a savepoint that it left open (%j)',
    async (options) => {
      await using process = await start(options, async (order, runner) => {
        await runner.startTransaction();
        await runner.manager.insert(LogLine, { text: `${order} inner` });
        if (order === 'o-2') throw new Error('down');
      });
      await ended(process);

      expect((await process.lines()).toSorted()).toEqual(['o-1', 'o-1 inner']);
      expect(await process.durable.deadLetters.list()).toMatchObject([{ reason: 'down' }]);
    },
  );
});
