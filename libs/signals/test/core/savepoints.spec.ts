import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, type ReceiverContext, TransactionEndedError } from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { observedSignals, type ObservedSignals } from './support.js';

const paid = defineSignal<{ total: number }>('orders.paid');
const receipted = defineSignal<{ total: number }>('billing.receipted');
const payload = { total: 42 };
const broken = new Error('broken');

describe('In a transaction, a robust receiver', () => {
  let one: ObservedSignals;
  let database: FakeDatabase;
  let heard: string[];
  const send = () => one.signals.send(paid, payload);
  const fail = () => Promise.reject(broken);

  beforeEach(() => {
    one = observedSignals();
    database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
    heard = [];
  });

  it('runs in a savepoint of its own, which is released when it succeeds', async () => {
    one.signals.connect(paid, () => {}, { robust: true });
    one.signals.connect(paid, () => {});

    await database.transaction(send);

    expect(database.statements).toEqual(['BEGIN', 'SAVEPOINT s1', 'RELEASE s1', 'COMMIT']);
  });

  it('is undone alone when it fails: reported, recorded, harming nobody', async () => {
    one.signals.connect(paid, fail, { robust: true, dispatchUid: 'audit' });
    one.signals.connect(paid, () => 'next');

    const results = await database.transaction(send);

    expect(database.statements).toEqual(['BEGIN', 'SAVEPOINT s1', 'ROLLBACK TO s1', 'COMMIT']);
    expect(results).toEqual([
      expect.objectContaining({ status: 'rejected', reason: broken }),
      expect.objectContaining({ status: 'fulfilled', value: 'next' }),
    ]);
    expect(one.reported).toEqual([
      { error: broken, what: "Receiver 'audit' of 'orders.paid' failed" },
    ]);
  });

  it('is undone with what it registered and sent', async () => {
    one.signals.connect(receipted, () => void heard.push('mail'), { phase: 'afterCommit' });
    one.signals.connect(
      paid,
      async (_, { onCommit, onRollback }) => {
        onCommit(() => void heard.push('committed'));
        onRollback(() => void heard.push('undone'));
        await one.signals.send(receipted, payload);
        throw broken;
      },
      { robust: true },
    );

    await database.transaction(send);

    expect(heard).toEqual(['undone']);
  });

  it('works through the manager of the transaction, and so does what it sends', async () => {
    const managers: unknown[] = [];
    one.signals.connect(receipted, (_, { manager }) => void managers.push(manager));
    one.signals.connect(
      paid,
      async (_, { manager }) => {
        managers.push(manager);
        await one.signals.send(receipted, payload);
      },
      { robust: true },
    );

    await database.transaction(send);

    expect(managers).toEqual(['manager 1', 'manager 1']);
  });

  it('cannot register anything once its savepoint has ended', async () => {
    const contexts: ReceiverContext[] = [];
    one.signals.connect(paid, (_, context) => void contexts.push(context), { robust: true });

    await database.transaction(async () => {
      await send();
      expect(() => contexts[0]?.onCommit(() => {})).toThrow(TransactionEndedError);
    });
  });

  it('may be nested in another one', async () => {
    one.signals.connect(paid, () => one.signals.send(receipted, payload), { robust: true });
    one.signals.connect(receipted, fail, { robust: true });

    await database.transaction(send);

    expect(database.statements).toEqual([
      'BEGIN',
      'SAVEPOINT s1',
      'SAVEPOINT s2',
      'ROLLBACK TO s2',
      'RELEASE s1',
      'COMMIT',
    ]);
  });

  it('is what sendRobust makes of each', async () => {
    one.signals.connect(paid, fail);
    one.signals.connect(paid, () => 'next');
    one.signals.connect(paid, () => void heard.push('mail'), { phase: 'afterCommit' });

    const results = await database.transaction(() => one.signals.sendRobust(paid, payload));

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(heard).toEqual(['mail']);
    expect(database.statements).toEqual([
      'BEGIN',
      'SAVEPOINT s1',
      'ROLLBACK TO s1',
      'SAVEPOINT s1',
      'RELEASE s1',
      'COMMIT',
    ]);
  });
});

describe('Outside a transaction, a robust receiver', () => {
  it('needs no savepoint', async () => {
    const one = observedSignals();
    const database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
    one.signals.connect(paid, (_, { manager }) => manager, { robust: true });

    expect(await one.signals.send(paid, payload)).toEqual([
      expect.objectContaining({ value: 'default' }),
    ]);
    expect(database.statements).toEqual([]);
  });
});
