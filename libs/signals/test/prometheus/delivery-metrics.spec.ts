import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from '@prometheus-io/client';
import { defineSignal, Signals } from 'nestjs-signals/core';
import { NonRetryableError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from '../durable/durable-process.js';
import { Scraped } from './scraped.js';

const paid = defineSignal<{ readonly order: string; readonly delay: number }>('orders.paid');

describe('Metrics of deliveries', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());

  const connect = (signals: Signals) => {
    signals.connect(
      paid,
      () => {
        throw new NonRetryableError('no such address');
      },
      { dispatchUid: 'mail.receipt', phase: 'durable', delay: ({ delay }) => delay },
    );
  };

  it('tell how many wait, how long, and how many failed for good', async () => {
    const shop = await DurableProcess.start(database, { workers: false, connect });
    using scraped = new Scraped(client, shop.signals, { deliveries: shop.durable });
    const pay = (delay: number) =>
      atomic(shop.dataSource, () => shop.signals.send(paid, { order: 'o-1', delay }));

    await pay(0);
    await pay(3_600_000);
    await shop.dataSource.query(`UPDATE signals.job SET start_after = start_after - interval '90 s'
                                 WHERE start_after <= now()`);
    expect(await scraped.samples('signals_job')).toEqual([
      'signals_jobs{state="delayed"} 1',
      'signals_jobs{state="waiting"} 1',
      'signals_jobs{state="retrying"} 0',
      'signals_jobs{state="active"} 0',
      'signals_jobs{state="dead"} 0',
      expect.stringMatching(/^signals_job_oldest_pending_seconds 9\d(\.\d+)?$/),
    ]);

    const worker = await DurableProcess.start(database, { connect });
    await worker.settled();
    expect(await scraped.samples('signals_job')).toEqual([
      'signals_jobs{state="delayed"} 1',
      'signals_jobs{state="waiting"} 0',
      'signals_jobs{state="retrying"} 0',
      'signals_jobs{state="active"} 0',
      'signals_jobs{state="dead"} 1',
      'signals_job_oldest_pending_seconds 0',
    ]);
    await worker.stop();
    await shop.stop();
  });

  it('are asked of the database once for a scrape, and are no numbers when it does not answer', async () => {
    let asked = 0;
    let answers = true;
    const signals = new Signals();
    using scraped = new Scraped(client, signals, {
      deliveries: {
        counts: async () => {
          asked += 1;
          if (!answers) throw new Error('The database does not answer.');
          return { states: { waiting: 3 }, oldestPendingSeconds: 12 };
        },
      },
    });

    expect(await scraped.samples('signals_job')).toEqual([
      'signals_jobs{state="waiting"} 3',
      'signals_job_oldest_pending_seconds 12',
    ]);
    expect(asked).toBe(1);
    answers = false;

    expect(await scraped.samples('signals_job')).toEqual([
      'signals_jobs{state="waiting"} Nan',
      'signals_job_oldest_pending_seconds Nan',
    ]);
    expect(scraped.reported).toEqual([new Error('The database does not answer.')]);
  });
});
