import { describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';
import { hostOf, type TransactionSource } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';

const paid = defineSignal<object>('orders.paid');

describe('What an integration provides', () => {
  it('stays when a former one is taken away late, and goes with its own', async () => {
    const signals = new Signals();
    signals.connect(paid, (_, { manager }) => manager);
    const former = hostOf(signals).useTransactions(new FakeDatabase(() => {}));
    const database = new FakeDatabase(() => {});
    const latter = hostOf(signals).useTransactions(database);
    const send = () => database.transaction(() => signals.send(paid, {}));

    former[Symbol.dispose]();
    expect(await send()).toMatchObject([{ value: 'manager 1' }]);
    latter[Symbol.dispose]();
    await expect(send()).rejects.toThrow(/asked for a manager/);
  });
});

describe('Several integrations that know transactions', () => {
  class Order {}
  class Paying {}
  const unfinished = { what: 'A transaction', ended: Promise.resolve() };
  const knowing = (more: Partial<TransactionSource>): TransactionSource => ({
    find: () => undefined,
    defaultManager: 'manager of one',
    ...more,
  });
  const both = (...sources: TransactionSource[]) => {
    const signals = new Signals();
    for (const source of sources) hostOf(signals).useTransactions(source);
    return signals;
  };

  it.each([0, 1])('find a transaction of either of them: %i', async (index) => {
    const databases = [new FakeDatabase(() => {}), new FakeDatabase(() => {})];
    const signals = both(...databases);
    const log: unknown[] = [];
    signals.connect(paid, () => void log.push('after commit'), { phase: 'afterCommit' });

    await databases[index]?.transaction(async () => {
      await signals.send(paid, {});
      log.push('sent');
    });
    await signals.send(paid, {});

    expect(log).toEqual(['sent', 'after commit', 'after commit']);
  });

  it('have no manager outside a transaction, for nobody knows which is meant', async () => {
    const [one, two] = [both(knowing({})), both(knowing({}), knowing({}))];
    for (const signals of [one, two]) signals.connect(paid, (_, { manager }) => manager);

    expect(await one.send(paid, {})).toMatchObject([{ value: 'manager of one' }]);
    await expect(two.send(paid, {})).rejects.toThrow(/asked for a manager/);
  });

  it('each have their entities, callbacks that wait, and transactions that are not done', async () => {
    const begun: Promise<void>[] = [];
    const signals = both(
      knowing({}),
      knowing({
        isEntity: (value) => value instanceof Order,
        awaitInCallback: (work) => void begun.push(work),
        unfinished: () => [unfinished],
      }),
      knowing({ isEntity: () => false, unfinished: () => [unfinished] }),
    );
    const received: unknown[] = [];
    signals.connect(paid, (event) => void received.push(event));
    signals.connect(paid, (_, { onCommit }) => onCommit(() => {}));
    const [order, paying] = [new Order(), new Paying()];

    await signals.send(paid, order);
    await signals.send(paid, paying);
    await signals.send(paid, new Date(0));

    expect(received.map((event) => event === order || event === paying)).toEqual([
      true,
      false,
      false,
    ]);
    expect(await Promise.all(begun)).toHaveLength(3);
    expect(adminOf(signals).underWay()).toEqual([unfinished, unfinished]);
  });
});
