import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

const STATES = ['done', 'failed', 'sending'];
const DAYS = [89, 91];
/** What may still try an effect again: of its own receiver, or of one whose letter may be replayed to it. */
const REFERRERS = {
  ...Object.fromEntries(
    ['created', 'retry', 'active', 'completed', 'failed'].flatMap((state) =>
      ['mail', 'print'].map((receiver) => [
        `a delivery to ${receiver}, ${state}`,
        { queue: receiver, receiver, state, days: 92 },
      ]),
    ),
  ),
  ...Object.fromEntries(
    ['mail', 'print', 'removed'].flatMap((receiver) =>
      [1, 92].map((days) => [
        `a dead letter of ${receiver}, ${days} days old`,
        { queue: 'dead-letters', receiver, state: 'created', days },
      ]),
    ),
  ),
};

describe('The inbox', () => {
  let database: TestDatabase;
  let process: DurableProcess;

  const start = (workers: boolean) =>
    DurableProcess.start(database, {
      workers,
      connect: (signals) => {
        for (const dispatchUid of ['mail', 'print'])
          signals.connect(paid, () => {}, { phase: 'durable', dispatchUid });
      },
    });
  const kept = async (): Promise<string[]> => {
    const rows = await process.dataSource.query<{ id: string }[]>(
      `SELECT event_id AS id FROM signals.effect`,
    );
    return rows.map(({ id }) => id);
  };
  /** A process that runs receivers sweeps when it starts. */
  const sweep = async (): Promise<void> => {
    await using worker = await start(true);
    expect(worker.reported).toEqual([]);
  };

  beforeAll(async () => {
    database = await createDurableDatabase();
    process = await start(false);
    for (const receiver of ['mail', 'print']) await process.durable.pause(receiver);
  });
  afterAll(async () => {
    await process.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await process.dataSource.query('DELETE FROM signals.job');
    await process.dataSource.query('DELETE FROM signals.effect');
  });

  it('forgets what is old in any state, and nothing that may be tried again', async () => {
    const rows = STATES.flatMap((state) =>
      DAYS.flatMap((days) =>
        [undefined, ...Object.keys(REFERRERS)].map((referrer) => ({
          id: randomUUID(),
          what: `${state}, ${days} days ago, ${referrer ?? 'nothing left'}`,
          isKept: days < 90 || referrer !== undefined,
          state,
          days,
          referrer: referrer === undefined ? undefined : REFERRERS[referrer],
        })),
      ),
    );
    for (const { id, state, days, referrer } of rows) {
      await process.dataSource.query(
        `INSERT INTO signals.effect (event_id, receiver, state, at)
         VALUES ($1, 'mail', $2, now() - $3 * interval '1 day')`,
        [id, state, days],
      );
      if (!referrer) continue;
      await process.dataSource.query(
        `INSERT INTO signals.job (name, state, started_on, created_on, start_after, data)
         VALUES ($1, $2, now(), now() - $3 * interval '1 day', now() + interval '1 day',
                 jsonb_build_object('v', 1, 'eventId', $4::text, 'receiver', $5::text))`,
        [referrer.queue, referrer.state, referrer.days, id, referrer.receiver],
      );
    }

    await sweep();

    const left = new Set(await kept());
    const told = (list: typeof rows) => list.map(({ what }) => what);
    expect(told(rows.filter(({ id }) => left.has(id)))).toEqual(
      told(rows.filter(({ isKept }) => isKept)),
    );
  });

  it('forgets any number at once, whatever older rows have to stay', async () => {
    await process.dataSource.query(
      `WITH effect AS (
         INSERT INTO signals.effect (event_id, receiver, state, at)
         SELECT gen_random_uuid(), 'mail', (ARRAY['done', 'failed', 'sending'])[n % 3 + 1],
                now() - interval '100 days' + n * interval '1 s'
         FROM generate_series(1, 35000) AS n RETURNING event_id, at
       )
       INSERT INTO signals.job (name, created_on, data)
       SELECT 'dead-letters', now(), jsonb_build_object('v', 1, 'eventId', event_id) FROM effect
       ORDER BY at LIMIT 12000`,
    );

    await sweep();

    expect(await kept()).toHaveLength(12_000);
  });
});
