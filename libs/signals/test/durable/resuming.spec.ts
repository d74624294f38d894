import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { causedBy, currentCause, type EntryTrace } from 'nestjs-signals/diagnostics';
import { atomic, currentManager } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

const paid = defineSignal<{ readonly order: string }>('resuming.paid');
const told = defineSignal<{ readonly order: string }>('resuming.told');

const request: EntryTrace = {
  kind: 'entry',
  application: new Signals(),
  entry: 'http',
  id: 'who resumes',
  facts: {},
  origin: undefined,
};

/** What a receiver does of which each would look for a transaction in the calling context. */
const WORK = {
  atomic: ({ dataSource }: DurableProcess, text: string) =>
    atomic(dataSource, (manager) => manager.insert(LogLine, { text })),
  send: ({ signals }: DurableProcess, order: string) => signals.send(told, { order }),
  save: ({ dataSource }: DurableProcess, text: string) =>
    currentManager(dataSource).save(Object.assign(new LogLine(), { text })),
};

const EFFECTS = {
  database: { effect: 'database' },
  external: { effect: 'external', onUnknownOutcome: 'retry' },
} as const;

const CASES = Object.keys(EFFECTS).flatMap((effect) =>
  Object.keys(WORK).map((work) => [effect, work] as const),
) as readonly (readonly [keyof typeof EFFECTS, keyof typeof WORK])[];

describe('A worker that was resumed in a transaction, for a request', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDurableDatabase();
  });
  afterEach(() => database.drop());

  it.each(CASES)('belongs to neither: effect %s, by %s', async (effect, work) => {
    const causes: unknown[] = [];
    let running: DurableProcess | undefined;
    await using started = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(told, () => {}, { phase: 'afterCommit' });
        signals.connect(
          paid,
          async ({ order }) => {
            if (running) await WORK[work](running, order);
            causes.push(currentCause());
          },
          { phase: 'durable', dispatchUid: 'resumed', retries: 0, ...EFFECTS[effect] },
        );
      },
    });
    running = started;
    await started.durable.pause('resumed');

    await causedBy(request, () =>
      atomic(started.dataSource, () => started.durable.resume('resumed')),
    );
    await atomic(started.dataSource, () => started.signals.send(paid, { order: '1' }));
    await started.settled();

    expect(started.reported).toEqual([]);
    expect(causes).toEqual([undefined]);
  });
});
