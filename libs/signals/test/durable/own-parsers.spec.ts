import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { defineSignal } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

const BOOLEAN = 16;
const BIGINT = 20;
const INTEGER = 23;
const JSON_TYPE = 114;
const FLOAT = 701;
const DATE = 1_082;
const TIMESTAMP = 1_114;
const TIMESTAMPTZ = 1_184;
const NUMERIC = 1_700;
const JSONB = 3_802;
const LISTS = [1_007, 1_009, 1_015, 2_951];

const asText = (text: string) => text;
const OIDS = [
  BOOLEAN,
  BIGINT,
  INTEGER,
  JSON_TYPE,
  FLOAT,
  DATE,
  TIMESTAMP,
  TIMESTAMPTZ,
  NUMERIC,
  JSONB,
];

type Parser = (text: string) => unknown;

describe("An application's own parsers of PostgreSQL's types change nothing", () => {
  let database: TestDatabase;
  const originals = [...OIDS, ...LISTS].map(
    (oid) => [oid, pg.types.getTypeParser(oid) as Parser] as const,
  );
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterEach(() => {
    for (const [oid, parser] of originals) pg.types.setTypeParser(oid, parser as never);
  });
  afterAll(() => database.drop());

  it.each<[string, readonly [number, Parser][]]>([
    ['none', []],
    ['bigint as BigInt', [[BIGINT, BigInt]]],
    ['bigint as a number', [[BIGINT, Number]]],
    ['dates as text', [DATE, TIMESTAMP, TIMESTAMPTZ].map((oid) => [oid, asText])],
    ['JSON as text', [JSON_TYPE, JSONB].map((oid) => [oid, asText])],
    ['everything as text', [...OIDS, ...LISTS].map((oid) => [oid, asText])],
    ['everything upside down', [...OIDS, ...LISTS].map((oid) => [oid, () => undefined])],
  ])('%s', async (_, parsers) => {
    for (const [oid, parser] of parsers) pg.types.setTypeParser(oid, parser as never);
    const heard: unknown[] = [];
    const durable = { phase: 'durable' } as const;
    await using process = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(paid, ({ order }) => void heard.push(order), {
          ...durable,
          dispatchUid: 'heard',
        });
        signals.connect(paid, () => {}, {
          ...durable,
          dispatchUid: 'mailed',
          effect: 'external',
          onUnknownOutcome: 'retry',
        });
        signals.connect(paid, () => {}, {
          ...durable,
          dispatchUid: 'in.order',
          orderingKey: () => 'k',
        });
        signals.connect(
          paid,
          () => {
            throw new Error('always');
          },
          { ...durable, dispatchUid: 'failing', retries: 0 },
        );
      },
    });
    const { durable: deliveries } = process;

    await atomic(process.dataSource, () => process.signals.send(paid, { order: 'o-1' }));
    await until(() => heard.length === 1);
    const [dead] = await until(async () => {
      const found = await deliveries.deadLetters.list();
      return found.length > 0 && found;
    });
    await process.settled();

    expect(dead?.diedAt).toBeInstanceOf(Date);
    expect(Math.abs(Number(dead?.diedAt) - Date.now())).toBeLessThan(3_600_000);
    expect(dead).toMatchObject({ receiver: 'failing', attempts: 1, reason: 'always' });
    const counts = await deliveries.counts();
    expect(counts.states).toEqual({
      delayed: 0,
      waiting: 0,
      retrying: 0,
      active: expect.any(Number),
      dead: 1,
    });
    expect([typeof counts.oldestPendingSeconds, typeof counts.workerSeenSeconds]).toEqual([
      'number',
      'number',
    ]);
    expect(await deliveries.pending('waiting')).toEqual([]);
    await deliveries.pause('heard');
    expect([...(await deliveries.paused())]).toEqual(['heard']);
    await deliveries.resume('heard');
    expect(await deliveries.deadLetters.replay({ reason: 'ALWAYS' })).toMatchObject({
      replayedCount: 1,
    });
    const [ended] = await deliveries.deadLetters.ended();
    expect(ended?.endedAt).toBeInstanceOf(Date);
    await until(async () => (await deliveries.deadLetters.count()) === 1);
    expect((await deliveries.deadLetters.discard({})).map(({ lineage }) => lineage.length)).toEqual(
      [1],
    );
    const unexpected = process.reported.filter(({ what }) => !what.includes("'failing'"));
    expect(unexpected).toEqual([]);
  });
});
