import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  adminOf,
  type DurableOptions,
  type DurableReceiverContext,
} from 'nestjs-signals/core';
import { atomic, onRollback } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('rolled-back.paid');
const billed = defineSignal<{ readonly order: string }>('rolled-back.billed');

/** The ways in which a receiver says what a rollback is to lead to. */
const WAYS: Readonly<
  Record<
    string,
    (context: DurableReceiverContext, running: DurableProcess, note: () => void) => unknown
  >
> = {
  'context.onRollback': (context, _, note) => context.onRollback(note),
  'the free onRollback': (_, __, note) => onRollback(note),
  'a receiver of phase afterRollback': async (_, { signals }, note) => {
    signals.connect(billed, note, { phase: 'afterRollback', dispatchUid: 'undo' });
    await signals.send(billed, { order: '1' });
  },
};

const ATTEMPTS: Readonly<Record<string, DurableOptions<unknown>>> = {
  alone: { retries: 0 },
  'in a batch': { retries: 0, batch: 5 },
};

const CASES = Object.keys(ATTEMPTS).flatMap((attempt) =>
  Object.keys(WAYS).map((way) => [attempt, way] as const),
);

describe('An attempt of a durable database receiver that fails', () => {
  let database: TestDatabase;
  let ran: number;
  const note = () => void (ran += 1);

  beforeEach(async () => {
    database = await createDurableDatabase();
    ran = 0;
  });
  afterEach(() => database.drop());

  const start = async (
    options: DurableOptions<unknown>,
    receive: (context: DurableReceiverContext, running: DurableProcess) => unknown,
  ) => {
    let running: DurableProcess | undefined;
    running = await DurableProcess.start(database, {
      connect: (signals) =>
        signals.connect(paid, (_, context) => running && receive(context, running), {
          phase: 'durable',
          dispatchUid: 'bill',
          ...options,
        }),
    });
    return running;
  };
  /** In one transaction, so that no worker finds one delivery without the other. */
  const pay = ({ dataSource, signals }: DurableProcess, times = 1) =>
    atomic(dataSource, async () => {
      for (let time = 0; time < times; time += 1) await signals.send(paid, { order: '1' });
    });

  it.each(CASES)('runs what waits for its rollback, and is done: %s, %s', async (attempt, way) => {
    await using running = await start(ATTEMPTS[attempt] ?? {}, async (context, process) => {
      await WAYS[way]?.(context, process, note);
      throw new Error('no');
    });
    await running.durable.pause('bill');
    await pay(running, attempt === 'in a batch' ? 2 : 1);
    await running.durable.resume('bill');
    await until(async () => (await running.jobs('bill')).every(({ state }) => state === 'failed'));
    await running.settled();

    // A batch is tried as one, where the first failure ends it, and then each apart.
    expect(ran).toBe(attempt === 'alone' ? 1 : 3);
    expect(adminOf(running.signals).underWay()).toEqual([]);
    expect(await adminOf(running.signals).close(5_000)).toBe(true);
  });

  it('runs it also when the attempt was given up because it took too long', async () => {
    await using running = await start({ retries: 0, timeout: 1_000 }, async (context) => {
      context.onRollback(note);
      await new Promise<void>((resolve) => {
        context.abortSignal.addEventListener('abort', () => resolve());
      });
    });
    await pay(running);
    await until(() => ran > 0);

    expect(ran).toBe(1);
    await until(() => adminOf(running.signals).underWay().length === 0);
  });
});
