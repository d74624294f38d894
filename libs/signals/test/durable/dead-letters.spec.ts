import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { defineSignal } from 'nestjs-signals/core';
import {
  DeadLetterNotFoundError,
  NonRetryableError,
  ReplayTargetError,
} from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');
const shipped = defineSignal<{ readonly order: string }>('orders.shipped');

describe('A dead letter', () => {
  let database: TestDatabase;
  let running: DurableProcess;
  let isFailing: boolean;
  let heard: string[];
  const letters = () => running.durable.deadLetters;
  const send = (signal: typeof paid, order: string) =>
    atomic(running.dataSource, () => running.signals.send(signal, { order }, { sender: 'Shop' }));
  const bury = async (...orders: readonly string[]) => {
    for (const order of orders) await send(paid, order);
    return until(async () => {
      const found = await letters().list({ receiver: 'billing.issue' });
      return found.length >= orders.length && found;
    });
  };

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    isFailing = true;
    heard = [];
    running = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(
          paid,
          async ({ order }, { manager }) => {
            if (isFailing) throw new NonRetryableError(`The account of ${order} is closed`);
            heard.push(order);
            await manager.insert(LogLine, { text: order });
          },
          { phase: 'durable', dispatchUid: 'billing.issue' },
        );
        signals.connect(
          shipped,
          () => {
            throw new NonRetryableError('No such carrier');
          },
          { phase: 'durable', dispatchUid: 'shipping.tell' },
        );
      },
    });
  });
  afterEach(async () => {
    await running.dataSource.manager.clear(LogLine);
    await running.dataSource.query('DELETE FROM signals.job');
    await running.stop();
  });

  it('tells what was to be delivered to whom, why it died, when, and after how many attempts', async () => {
    const before = new Date(Date.now() - 60_000);

    const [listed] = await bury('o-1');
    const shown = await letters().show(listed?.id ?? '');

    expect(shown).toEqual(listed);
    expect(shown).toMatchObject({
      receiver: 'billing.issue',
      attempts: 1,
      reason: 'The account of o-1 is closed',
      error: { name: 'NonRetryableError', stack: expect.stringContaining('dead-letters.spec') },
      delivery: { signal: 'orders.paid', sender: 'Shop', payload: { order: 'o-1' } },
      lineage: [],
    });
    expect(shown.diedAt > before).toBe(true);
  });

  it.each([
    ['its receiver', { receiver: 'shipping.tell' }, ['No such carrier']],
    ['its signal', { signal: 'orders.shipped' }, ['No such carrier']],
    ['a part of its reason', { reason: 'OF O-1' }, ['The account of o-1 is closed']],
    ['nothing that fits', { receiver: 'shipping.tell', reason: 'account' }, []],
  ])('is found by %s', async (_, filter, reasons) => {
    await bury('o-1', 'o-2');
    await send(shipped, 'o-1');
    await until(async () => (await letters().list()).length === 3);

    const found = await letters().list(filter);

    expect(found.map(({ reason }) => reason)).toEqual(reasons);
  });

  it('is delivered again when it is replayed, and is a dead letter no more', async () => {
    const [dead] = await bury('o-1', 'o-2');
    isFailing = false;

    const { replayed } = await letters().replay({ ids: [dead?.id ?? ''] });
    await running.settled();

    expect(replayed).toEqual([dead]);
    expect(dead?.delivery?.payload).toEqual({ order: heard[0] });
    expect(await running.lines()).toEqual(heard);
    expect(heard).toHaveLength(1);
    expect(await letters().list()).toHaveLength(1);
  });

  it('is replayed with all others, or all that fit, in the order in which they were written', async () => {
    await bury('o-1', 'o-2', 'o-3');
    await send(shipped, 'o-1');
    await until(async () => (await letters().list()).length === 4);
    isFailing = false;

    const { replayed } = await letters().replay({ receiver: 'billing.issue' });
    await running.settled();

    expect(replayed).toHaveLength(3);
    expect(heard.toSorted()).toEqual(['o-1', 'o-2', 'o-3']);
    expect(await letters().list()).toHaveLength(1);
  });

  it('stays where it is in a dry run, which tells what would be replayed', async () => {
    const dead = await bury('o-1', 'o-2');

    const { replayed } = await letters().replay({}, { dryRun: true });

    expect(replayed).toEqual(dead);
    expect(await letters().list()).toEqual(dead);
  });

  it('that is not there cannot be shown, replayed or discarded, and nothing else is', async () => {
    const [dead] = await bury('o-1');
    const missing = randomUUID();
    const ids = [dead?.id ?? '', missing];

    await expect(letters().show(missing)).rejects.toThrow(DeadLetterNotFoundError);
    await expect(letters().replay({ ids })).rejects.toThrow(missing);
    await expect(letters().discard({ ids })).rejects.toThrow(missing);
    expect(await letters().list()).toHaveLength(1);
  });

  const NO_IDS = ['o-1', '', '\0', `${randomUUID()}\0`, '\uD83D', "' OR true --"];
  it.each(NO_IDS)('is not there under something that is no id: %j', async (id) => {
    const [dead] = await bury('o-1');
    const ids = [dead?.id ?? '', id];

    const after = { id, diedAt: new Date() };
    for (const refused of [
      letters().show(id),
      letters().replay({ ids }),
      letters().discard({ ids }),
      letters().list({}, { after }),
    ]) {
      await expect(refused).rejects.toThrow(DeadLetterNotFoundError);
    }
    expect(await letters().ended([id])).toEqual([]);
    expect(await letters().list()).toHaveLength(1);
  });

  it('is delivered once when two replay it at the same time', async () => {
    const [dead] = await bury('o-1');
    const ids = [dead?.id ?? ''];
    isFailing = false;

    await Promise.allSettled([letters().replay({ ids }), letters().replay({ ids })]);
    await running.settled();
    const again = letters().replay({ ids });

    await expect(again).rejects.toThrow(DeadLetterNotFoundError);
    expect(heard).toEqual(['o-1']);
  });

  it('keeps its lineage, and all its retries, when it dies again', async () => {
    const [first] = await bury('o-1');
    await letters().replay({});
    const second = await until(async () => (await letters().list())[0]);

    expect(second.id).not.toBe(first?.id);
    expect(second.attempts).toBe(2);
    expect(second.delivery?.eventId).toBe(first?.delivery?.eventId);
    expect(second.lineage).toEqual([
      {
        id: first?.id,
        receiver: 'billing.issue',
        reason: 'The account of o-1 is closed',
        attempts: 1,
        diedAt: first?.diedAt,
        endedAt: expect.any(Date),
        outcome: 'replayed',
      },
    ]);
  });

  it('has its effect once when it was done all the same', async () => {
    const [dead] = await bury('o-1');
    await running.dataSource.query(
      `INSERT INTO signals.effect (event_id, receiver, state) VALUES ($1, 'billing.issue', 'done')`,
      [dead?.delivery?.eventId],
    );
    isFailing = false;

    await letters().replay({});
    await running.settled();

    expect(heard).toEqual([]);
    expect(await letters().list()).toEqual([]);
  });

  it('is discarded also when its receiver is gone', async () => {
    await bury('o-1');
    await running.dataSource.query(
      `UPDATE signals.job SET source_name = 'billing.old' WHERE name = 'dead-letters'`,
    );

    await letters().discard({});

    expect(await letters().list()).toEqual([]);
  });

  it('leaves a record when it is replayed, which tells what its delivery is now', async () => {
    const [dead] = await bury('o-1');
    await letters().replay({});
    const again = await until(async () => (await letters().list())[0]);
    const [diedAgain] = await letters().ended([dead?.id ?? '']);
    isFailing = false;

    await letters().replay({});
    await running.settled();
    const ended = await letters().ended();

    expect(diedAgain).toMatchObject({ now: 'dead', deadLetter: again.id, outcome: 'replayed' });
    expect(ended.map(({ id, now }) => [id, now])).toEqual(
      expect.arrayContaining([
        [again.id, 'done'],
        [dead?.id, 'done'],
      ]),
    );
  });

  it('is replayed to another receiver of its signal, with its lineage, when its own is gone', async () => {
    const [dead] = await bury('o-1');
    await running.dataSource.query(
      `UPDATE signals.job SET source_name = 'billing.old' WHERE name = 'dead-letters'`,
    );
    await running.dataSource.query(`DELETE FROM signals.job WHERE name = 'billing.issue'`);
    const ids = [dead?.id ?? ''];

    const { homeless } = await letters().replay({ ids });
    await letters().replay({ ids }, { to: 'billing.issue' });
    const again = await until(async () => (await letters().list())[0]);
    const [ended] = await letters().ended(ids);

    expect(homeless.map(({ receiver }) => receiver)).toEqual(['billing.old']);
    expect(letters().targetsOf('orders.paid')).toEqual(['billing.issue']);
    expect(again).toMatchObject({
      receiver: 'billing.issue',
      lineage: [{ id: dead?.id, receiver: 'billing.old', replayedTo: 'billing.issue' }],
    });
    expect(ended).toMatchObject({ replayedTo: 'billing.issue', now: 'dead', deadLetter: again.id });
  });

  it('is replayed to no receiver that does not hear its signal, or has had the event already', async () => {
    await bury('o-1');
    await running.dataSource.query(
      `UPDATE signals.job SET source_name = 'billing.old' WHERE name = 'dead-letters'`,
    );

    const toOther = letters().replay({}, { to: 'shipping.tell' });
    await expect(toOther).rejects.toThrow(ReplayTargetError);
    const toSame = letters().replay({}, { to: 'billing.issue' });
    await expect(toSame).rejects.toThrow('has a delivery of this event already');

    expect(await letters().list()).toHaveLength(1);
  });

  it('is gone for good when it is discarded', async () => {
    await bury('o-1', 'o-2');

    const discarded = await letters().discard({ reason: 'o-1' });
    await running.settled();

    expect(discarded).toHaveLength(1);
    expect(await letters().list()).toHaveLength(1);
    expect(heard).toEqual([]);
  });
});
