import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, type Sender, type Signals } from 'nestjs-signals/core';
import { UnknownReceiverError } from 'nestjs-signals/integration';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

interface Paid {
  readonly order: string;
}
const paid = defineSignal<Paid>('orders.paid');
const settled = defineSignal<Paid>('orders.settled');

class Order {}
class PurchaseOrder {}
class Invoice {}
const Twin = { Order: class {} }.Order;
const durable = { phase: 'durable', dispatchUid: 'billing.issue', retries: 0 } as const;

type Connect = (signals: Signals) => void;

describe('Deliveries that wait for a release', () => {
  let database: TestDatabase;
  let heard: string[];
  const hear = ({ order }: Paid) => void heard.push(order);
  const connect =
    (signal: typeof paid, sender?: Sender, receiver = hear): Connect =>
    (signals) =>
      void signals.connect(signal, receiver, { ...durable, ...(sender && { sender }) });
  const send = ({ dataSource, signals }: DurableProcess, sender: Sender | null, order = 'o-1') =>
    atomic(dataSource, () => signals.send(paid, { order }, { sender }));
  const letters = (process: DurableProcess) => process.durable.deadLetters.list();

  beforeEach(async () => {
    database = await createDurableDatabase();
    heard = [];
  });
  afterEach(() => database.drop());

  const releases: [string, Sender | undefined, Connect][] = [
    ['changes nothing', Order, connect(paid, Order)],
    ['renames the class of the sender', Order, connect(paid, PurchaseOrder)],
    ['drops the option sender', Order, connect(paid)],
    ['adds the option sender', undefined, connect(paid, Order)],
    ['renames the signal', undefined, connect(settled)],
    ['renames the signal and the class of the sender', Order, connect(settled, PurchaseOrder)],
  ];

  it.each(releases)('are delivered by one that %s', async (_, sender, release) => {
    {
      await using former = await DurableProcess.start(database, {
        workers: false,
        connect: connect(paid, sender),
      });
      await send(former, sender ?? null);
    }

    await using next = await DurableProcess.start(database, { connect: release });
    await next.settled();

    expect({ heard, dead: await letters(next) }).toEqual({ heard: ['o-1'], dead: [] });
  });

  it.each(releases)('are replayed in one that %s', async (_, sender, release) => {
    {
      const fail = (): never => {
        throw new Error('down');
      };
      await using former = await DurableProcess.start(database, {
        connect: connect(paid, sender, fail),
      });
      await send(former, sender ?? null);
      await until(async () => (await letters(former)).length === 1);
    }

    await using next = await DurableProcess.start(database, { connect: release });
    const { replayed } = await next.durable.deadLetters.replay({});
    await next.settled();

    expect(replayed).toHaveLength(1);
    expect({ heard, dead: await letters(next) }).toEqual({ heard: ['o-1'], dead: [] });
  });

  it('can be replayed to another receiver when nobody knows their signal any more', async () => {
    {
      await using former = await DurableProcess.start(database, {
        connect: connect(paid, undefined, () => {
          throw new Error('down');
        }),
      });
      await send(former, null);
      await until(async () => (await letters(former)).length === 1);
    }

    await using next = await DurableProcess.start(database, {
      connect: (signals) => {
        signals.connect(settled, hear, { ...durable, dispatchUid: 'billing.issueAnew' });
      },
    });
    await next.durable.deadLetters.replay({}, { to: 'billing.issueAnew' });
    await next.settled();

    expect(heard).toEqual(['o-1']);
  });

  it('are kept, told of, and delivered once it is known which of several receivers they are for', async () => {
    const several: Connect = (signals) => {
      signals.connect(paid, () => void heard.push('of purchases'), {
        ...durable,
        sender: PurchaseOrder,
      });
      signals.connect(paid, () => void heard.push('of invoices'), { ...durable, sender: Invoice });
    };
    {
      await using former = await DurableProcess.start(database, {
        workers: false,
        connect: connect(paid, Order),
      });
      await send(former, Order);
    }
    {
      await using next = await DurableProcess.start(database, { connect: several });
      const refusals = () =>
        next.reported.filter(({ error }) => error instanceof UnknownReceiverError);
      for (let times = 1; times <= 3; times += 1) {
        await until(() => refusals().length >= times);
        await until(async () => (await next.jobs('billing.issue'))[0]?.state === 'retry');
        if (times < 3) await next.hurry();
      }
      expect(refusals()[0]?.what).toBe(
        "A delivery to durable receiver 'billing.issue' is kept, and tried again in minutes",
      );
      expect(await letters(next)).toEqual([]);
      const [waiting] = await next.durable.pending('retrying');
      expect(waiting?.reason).toMatch(/Several durable receivers are called 'billing\.issue'/);
    }

    await using mended = await DurableProcess.start(database, {
      connect: (signals) => {
        connect(paid, Order)(signals);
        several(signals);
      },
    });
    await mended.hurry();
    await mended.settled();

    expect({ heard, dead: await letters(mended) }).toEqual({ heard: ['o-1'], dead: [] });
  });

  it('of an earlier version of the library are read as ever', async () => {
    await using process = await DurableProcess.start(database, { connect: connect(paid, Order) });
    await process.durable.pause('billing.issue');
    await send(process, Order);
    const [{ data } = { data: {} }] = await process.jobs('billing.issue');
    expect(Object.keys(data)).not.toContain('namesake');

    await process.durable.resume('billing.issue');
    await process.settled();

    expect(heard).toEqual(['o-1']);
  });

  it.each(['database', 'external', 'relay'] as const)(
    'reach their own of two classes of one name (%s)',
    async (effect) => {
      const more =
        effect === 'external' ? { effect, onUnknownOutcome: 'retry' as const } : { effect };
      await using process = await DurableProcess.start(database, {
        connect: (signals) => {
          const options = { ...durable, ...more };
          signals.connect(paid, ({ order }) => void heard.push(`one ${order}`), {
            ...options,
            sender: Order,
          });
          signals.connect(paid, ({ order }) => void heard.push(`two ${order}`), {
            ...options,
            sender: Twin,
          });
        },
      });

      await atomic(process.dataSource, async () => {
        await process.signals.send(paid, { order: '1' }, { sender: Order });
        await process.signals.send(paid, { order: '2' }, { sender: Twin });
      });
      await process.settled();

      expect(heard.toSorted()).toEqual(['one 1', 'two 2']);
    },
  );
});
