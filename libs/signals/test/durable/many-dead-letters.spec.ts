import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import type { DeadLetter } from 'nestjs-signals/durable';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe('Of many dead letters', () => {
  let database: TestDatabase;
  let process: DurableProcess;
  const letters = () => process.durable.deadLetters;

  /** As the engine leaves them. */
  const die = async (count: number, reason: string, minutesAgo: number, receiver = 'mail') => {
    await process.dataSource.query(
      `INSERT INTO signals.job (name, data, created_on, source_name, source_id, source_created_on,
                                source_retry_count, source_output)
       SELECT 'dead-letters', jsonb_build_object(
                'v', 1, 'eventId', gen_random_uuid(), 'signal', 'orders.paid', 'receiver', $4::text,
                'sentTo', 'any sender', 'sender', null, 'occurredAt', now(), 'carrier', '{}'::jsonb,
                'payload', jsonb_build_object('order', n)),
              now() - $3::integer * interval '1 min', $4, gen_random_uuid(), now(), 8,
              jsonb_build_object('message', $2::text)
       FROM generate_series(1, $1::integer) AS n`,
      [count, reason, minutesAgo, receiver],
    );
  };

  beforeAll(async () => {
    database = await createDurableDatabase();
    process = await DurableProcess.start(database, {
      workers: false,
      connect: (signals) => {
        signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'mail' });
      },
    });
  });
  afterAll(async () => {
    await process.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await process.dataSource.query('DELETE FROM signals.job');
    await process.dataSource.query('DELETE FROM signals.replay');
  });

  it.each<[string, object]>([
    ['a part of their reason, whatever its case', { reason: 'MAILBOX' }],
    ['their receiver', { receiver: 'removed' }],
    ['both, and their signal', { receiver: 'removed', reason: 'full', signal: 'orders.paid' }],
  ])('those are found that fit %s, behind any number of others', async (_, filter) => {
    await die(2, 'mailbox full\nsecond line', 60, 'removed');
    await die(1_500, 'connection refused', 0);

    const found = await letters().list(filter);
    const dry = await letters().replay(filter, { dryRun: true });

    expect(found.map(({ reason }) => reason)).toEqual(['mailbox full', 'mailbox full']);
    expect(await letters().count(filter)).toBe(2);
    expect(dry).toMatchObject({ replayedCount: 0, homelessCount: 2, homeless: found });
    expect(await letters().discard(filter)).toHaveLength(2);
    expect(await letters().count()).toBe(1_500);
  });

  it('only the first line of a reason counts', async () => {
    await die(1, 'mailbox full\nconnection refused', 0);

    expect(await letters().list({ reason: 'refused' })).toEqual([]);
  });

  it('a filter that PostgreSQL could not keep finds what was kept in its place', async () => {
    await die(1, 'bad \uFFFD', 0);

    expect(await letters().list({ reason: 'bad \u0000' })).toHaveLength(1);
  });

  it('each is listed once, page by page, also when those before it are gone', async () => {
    await die(120, 'connection refused', 0);
    await die(20, 'mailbox full', 60);
    const listed: DeadLetter[] = [];
    for (;;) {
      const after = listed.at(-1);
      const page = await letters().list({}, { limit: 50, ...(after && { after }) });
      if (page.length === 0) break;
      listed.push(...page);
      await letters().discard({ ids: page.map(({ id }) => id) });
    }

    expect(new Set(listed.map(({ id }) => id)).size).toBe(140);
    expect(listed.slice(-20).every(({ reason }) => reason === 'mailbox full')).toBe(true);
  });

  it('all are replayed that have a receiver, part by part, and the others are left', async () => {
    await die(260, 'connection refused', 0);
    await die(1_010, 'connection refused', 0, 'removed');

    const dry = await letters().replay({}, { dryRun: true });
    expect(await letters().count()).toBe(1_270);
    const report = await letters().replay({});

    for (const told of [dry, report]) {
      expect(told).toMatchObject({ replayedCount: 260, homelessCount: 1_010 });
      expect([told.replayed.length, told.homeless.length]).toEqual([260, 1_000]);
      expect(new Set(told.replayed.map(({ receiver }) => receiver))).toEqual(new Set(['mail']));
    }
    expect(await letters().count()).toBe(1_010);
    expect(await process.jobs('mail')).toHaveLength(260);
  });
});
