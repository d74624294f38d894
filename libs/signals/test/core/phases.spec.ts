import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { hostOf, type ImmediatePhase } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { failureOf, observedSignals, type ObservedSignals } from './support.js';

class Order {}

const paid = defineSignal<{ total: number }>('orders.paid');
const payload = { total: 42 };
const veto = new Error('veto');

describe('In a transaction', () => {
  let one: ObservedSignals;
  let database: FakeDatabase;
  let heard: string[];
  const send = () => one.signals.send(paid, payload, { sender: Order });
  const connect = (phase: ImmediatePhase, text: string = phase) =>
    one.signals.connect(paid, () => void heard.push(text), { phase, dispatchUid: text });

  beforeEach(() => {
    one = observedSignals();
    database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
    heard = [];
  });

  it('a receiver runs at once, and one of phase afterCommit only after the commit', async () => {
    connect('afterCommit');
    connect('inTransaction');

    await database.transaction(async () => {
      await send();
      heard.push('sent');
    });

    expect(heard).toEqual(['inTransaction', 'sent', 'afterCommit']);
  });

  it('receivers of phase afterCommit run in the order in which their signals were sent', async () => {
    connect('afterCommit', 'one');
    connect('afterCommit', 'two');

    await database.transaction(async () => {
      await send();
      await send();
    });

    expect(heard).toEqual(['one', 'two', 'one', 'two']);
  });

  it('a rollback drops phase afterCommit and runs phase afterRollback', async () => {
    connect('afterCommit');
    connect('afterRollback');

    await failureOf(
      database.transaction(async () => {
        await send();
        throw veto;
      }),
    );

    expect(heard).toEqual(['afterRollback']);
  });

  it('a commit drops phase afterRollback', async () => {
    connect('afterRollback');

    await database.transaction(send);

    expect(heard).toEqual([]);
  });

  it('a savepoint that rolls back takes along what was sent in it, and nothing else', async () => {
    connect('afterCommit');
    connect('afterRollback');
    const inSavepoint = (work: () => Promise<unknown>) =>
      database
        .find(undefined)
        ?.savepoint(work)
        .catch(() => {});

    await database.transaction(async () => {
      await inSavepoint(async () => {
        await send();
        throw veto;
      });
      expect(heard).toEqual([]);
      await inSavepoint(send);
    });

    expect(heard).toEqual(['afterRollback', 'afterCommit']);
  });

  it('a receiver that fails rolls the transaction back, and its own queued work with it', async () => {
    connect('afterCommit');
    one.signals.connect(paid, (_, { onCommit }) => {
      onCommit(() => void heard.push('callback'));
      throw veto;
    });

    expect(await failureOf(database.transaction(send))).toBe(veto);

    expect(heard).toEqual([]);
    expect(database.statements).toEqual(['BEGIN', 'ROLLBACK']);
  });

  it.each(['afterCommit', 'afterRollback'] as const)(
    'a failure in phase %s is reported by name, and the next one runs',
    async (phase) => {
      const fail = () => Promise.reject(veto);
      one.signals.connect(paid, fail, { phase, dispatchUid: 'broken' });
      connect(phase, 'next');

      await database
        .transaction(async () => {
          await send();
          if (phase === 'afterRollback') throw new Error('undo');
        })
        .catch(() => {});

      expect(heard).toEqual(['next']);
      expect(one.reported).toEqual([
        { error: veto, what: "Receiver 'broken' of 'orders.paid' failed" },
      ]);
    },
  );

  it('a failing transaction of a receiver after the commit affects only itself', async () => {
    const fails = () => database.transaction(() => Promise.reject(veto));
    one.signals.connect(paid, fails, { phase: 'afterCommit' });
    connect('afterCommit', 'next');

    await expect(database.transaction(send)).resolves.toEqual([]);

    expect(heard).toEqual(['next']);
    expect(database.statements).toEqual(['BEGIN', 'COMMIT', 'BEGIN', 'ROLLBACK']);
  });

  it('a condition of a later phase is asked when the signal is sent, and cannot harm the sender', async () => {
    let total = 0;
    one.signals.connect(paid, () => void heard.push('asked'), {
      phase: 'afterCommit',
      when: () => total === 0,
    });
    one.signals.connect(paid, () => {}, {
      phase: 'afterCommit',
      dispatchUid: 'broken',
      when: () => {
        throw veto;
      },
    });

    await database.transaction(async () => {
      await send();
      total = 1;
    });

    expect(heard).toEqual(['asked']);
    expect(one.reported).toEqual([
      { error: veto, what: "Receiver 'broken' of 'orders.paid' failed" },
    ]);
  });

  it('that has ended nothing can be queued any more: the sender is told', async () => {
    connect('afterCommit');
    let detached: (() => Promise<unknown>) | undefined;
    await database.transaction(async (manager) => {
      detached = () => one.signals.send(paid, payload, { sender: Order, manager });
    });

    await expect(detached?.()).rejects.toThrow(/belongs to a transaction that has already ended/);
    expect(heard).toEqual([]);
  });
});

describe('A named transaction', () => {
  it('wins over the one that is found, also for what receivers send in turn', async () => {
    const { signals } = observedSignals();
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    const receipted = defineSignal<object>('billing.receipted');
    const managers: unknown[] = [];
    signals.connect(paid, async (_, { manager }) => {
      managers.push(manager);
      await signals.send(receipted, {});
    });
    signals.connect(receipted, (_, { manager }) => void managers.push(manager));

    await database.transaction(
      (hidden) =>
        database.transaction(async () => {
          await signals.send(paid, payload, { sender: Order, manager: hidden });
          await signals.send(paid, payload, { sender: Order });
        }),
      { hidden: true },
    );

    expect(managers).toEqual(['manager 1', 'manager 1', 'manager 2', 'manager 2']);
  });
});

describe('A detached integration', () => {
  it('finds no transactions any more', async () => {
    const { signals } = observedSignals();
    const database = new FakeDatabase(() => {});
    const heard: string[] = [];
    signals.connect(paid, () => void heard.push('heard'), { phase: 'afterCommit' });
    hostOf(signals).useTransactions(database)[Symbol.dispose]();

    await database.transaction(async () => {
      await signals.send(paid, payload, { sender: Order });
      expect(heard).toEqual(['heard']);
    });
  });
});
