import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { defineSignal } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { gate, until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

const isNow = (moment: Date | undefined) => Math.abs(Number(moment) - Date.now()) < 3_600_000;

describe('Moments are the same however the database spells dates', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());

  async function spellDates(style: string, zone: string): Promise<void> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
    await client.query(`ALTER DATABASE "${rows[0]?.name}" SET DateStyle = ${style}`);
    await client.query(`ALTER DATABASE "${rows[0]?.name}" SET TimeZone = '${zone}'`);
    await client.end();
  }

  it.each([
    ['ISO, MDY', 'UTC'],
    ['ISO, DMY', 'Asia/Kathmandu'],
    ['German, DMY', 'Asia/Kolkata'],
    ['German, DMY', 'America/St_Johns'],
    ['SQL, DMY', 'Europe/Berlin'],
    ['SQL, MDY', 'Asia/Shanghai'],
    ['Postgres, DMY', 'Australia/Sydney'],
  ])('%s in %s', async (style, zone) => {
    await spellDates(style, zone);
    const end = gate();
    await using process = await DurableProcess.start(database, {
      connect: (signals) => {
        const durable = { phase: 'durable' } as const;
        signals.connect(paid, () => end.opened, { ...durable, dispatchUid: 'slow' });
        signals.connect(paid, () => {}, { ...durable, dispatchUid: 'later', delay: 3_600_000 });
        signals.connect(
          paid,
          () => {
            throw new Error('always');
          },
          { ...durable, dispatchUid: 'failing', retries: 0 },
        );
      },
    });
    const { durable } = process;
    const dead = () =>
      until(async () => {
        const [found] = await durable.deadLetters.list();
        return found;
      });

    await atomic(process.dataSource, () => process.signals.send(paid, { order: 'o-1' }));
    const letter = await dead();
    const [active] = await until(async () => {
      const found = await durable.pending('active');
      return found.some(({ receiver }) => receiver === 'slow') && found;
    });
    const delayed = (await durable.pending('delayed')).find(({ receiver }) => receiver === 'later');

    expect([letter.diedAt, new Date(letter.writtenAt)].map(isNow)).toEqual([true, true]);
    expect(await durable.deadLetters.list({}, { after: letter })).toEqual([]);
    expect([active?.writtenAt, active?.startedAt, delayed?.writtenAt].map(isNow)).toEqual([
      true,
      true,
      true,
    ]);
    const delay = Number(delayed?.dueAt) - Number(delayed?.writtenAt);
    expect(Math.round(delay / 60_000)).toBe(60);

    const { replayedCount } = await durable.deadLetters.replay({ ids: [letter.id] });
    expect(replayedCount).toBe(1);
    const again = await dead();
    const [ended] = await durable.deadLetters.ended();
    expect(again.writtenAt).toBe(letter.writtenAt);
    expect(again.lineage).toEqual([expect.objectContaining({ diedAt: letter.diedAt })]);
    expect(ended?.diedAt).toEqual(letter.diedAt);
    expect(isNow(ended?.endedAt)).toBe(true);

    end.open();
    expect(await durable.deadLetters.discard({})).toHaveLength(1);
    await process.dataSource.query("DELETE FROM signals.job WHERE name = 'later'");
  });
});
