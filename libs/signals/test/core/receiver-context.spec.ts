import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  NoManagerError,
  type ReceiverContext,
  TransactionEndedError,
} from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { observedSignals, type ObservedSignals } from './support.js';

const paid = defineSignal<{ total: number }>('orders.paid');
const payload = { total: 42 };

describe('The context of a receiver', () => {
  let one: ObservedSignals;
  let database: FakeDatabase;
  let heard: unknown[];
  const send = (manager?: unknown) => one.signals.send(paid, payload, { manager });

  beforeEach(() => {
    one = observedSignals();
    database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
    heard = [];
  });

  it('has the manager of the transaction, and outside one the default', async () => {
    one.signals.connect(paid, (_, { manager }) => void heard.push(manager));

    await send();
    await database.transaction(() => send());

    expect(heard).toEqual(['default', 'manager 1']);
  });

  it('has the named manager also where that belongs to no transaction', async () => {
    one.signals.connect(paid, (_, { manager }) => void heard.push(manager));
    one.signals.connect(paid, (_, { manager }) => void heard.push(manager), {
      phase: 'afterCommit',
    });

    await send('of a second database');

    expect(heard).toEqual(['of a second database', 'of a second database']);
  });

  it.each(['afterCommit', 'afterRollback'] as const)(
    'has the default manager in phase %s, also when the transaction was named',
    async (phase) => {
      one.signals.connect(paid, (_, { manager }) => void heard.push(manager), { phase });
      const sendAndEnd = async (manager?: unknown) => {
        await send(manager);
        if (phase === 'afterRollback') throw new Error('undo');
      };

      await database.transaction(() => sendAndEnd()).catch(() => {});
      await database.transaction(sendAndEnd).catch(() => {});

      expect(heard).toEqual(['default', 'default']);
    },
  );

  it('has no manager where no integration provides one, and says so', async () => {
    const { signals } = observedSignals();
    signals.connect(paid, (_, { manager }) => manager, { dispatchUid: 'print' });
    const ask = () => signals.send(paid, payload);

    await expect(ask()).rejects.toThrow(NoManagerError);
    await expect(ask()).rejects.toThrow(
      /Receiver 'print' of 'orders\.paid' asked for a manager.*Name one: send\(…, { manager }\)/,
    );
  });

  it('looks nothing up that is not asked for', async () => {
    const { signals } = observedSignals();
    signals.connect(paid, () => 'fine');

    await expect(signals.send(paid, payload)).resolves.toHaveLength(1);
  });

  it('registers callbacks for the end of its transaction, in the order of registration', async () => {
    one.signals.connect(paid, (_, context) => {
      context.onCommit(() => void heard.push('one'), { dedupeKey: 'k' });
      context.onCommit(async () => void heard.push('two'));
      context.onCommit(() => void heard.push('one, renewed'), { dedupeKey: 'k' });
      context.onRollback(() => void heard.push('undone'));
    });

    await database.transaction(async () => {
      await send();
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual(['one, renewed', 'two']);

    heard = [];
    await database
      .transaction(async () => {
        await send();
        throw new Error('undo');
      })
      .catch(() => {});
    expect(heard).toEqual(['undone']);
  });

  it('can be taken apart', async () => {
    one.signals.connect(paid, (_, { onCommit, onRollback, manager }) => {
      onCommit(() => void heard.push(manager));
      onRollback(() => void heard.push('undone'));
    });

    await database.transaction(() => send());

    expect(heard).toEqual(['manager 1']);
  });

  it('reports a callback that fails by the name of its receiver', async () => {
    const failure = new Error('broken callback');
    one.signals.connect(paid, (_, { onCommit }) => onCommit(() => Promise.reject(failure)), {
      dispatchUid: 'print',
    });
    const what = "A callback of receiver 'print' of 'orders.paid' failed";

    await database.transaction(() => send());
    await send();
    await new Promise(setImmediate);

    expect(one.reported).toEqual([
      { error: failure, what },
      { error: failure, what },
    ]);
  });

  it('refuses what is no function, in a transaction and outside one', async () => {
    one.signals.connect(paid, (_, { onCommit }) => onCommit('text' as never));

    await expect(send()).rejects.toThrow(TypeError);
    await expect(database.transaction(() => send())).rejects.toThrow(/function was expected/);
  });

  it('runs a callback in place that is registered after the commit', async () => {
    one.signals.connect(
      paid,
      (_, { onCommit }) => {
        onCommit(() => void heard.push('inner'));
        heard.push('outer');
      },
      { phase: 'afterCommit' },
    );

    await database.transaction(() => send());

    expect(heard).toEqual(['inner', 'outer']);
  });

  it('registers nothing once its transaction has ended, nor with the transaction of a stranger', async () => {
    let kept: ReceiverContext | undefined;
    one.signals.connect(paid, (_, context) => void (kept = context));
    await database.transaction(() => send());

    await database.transaction(async () => {
      expect(() => kept?.onCommit(() => {})).toThrow(TransactionEndedError);
      expect(() => kept?.onRollback(() => {})).toThrow(TransactionEndedError);
    });
  });
});
