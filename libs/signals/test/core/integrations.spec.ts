import { describe, expect, it } from '@jest/globals';
import { defineSignal, Signals } from 'nestjs-signals';
import { FakeDatabase } from './fake-database.js';

const paid = defineSignal<object>('orders.paid');

describe('What an integration provides', () => {
  it('stays when a former one is taken away late, and goes with its own', async () => {
    const signals = new Signals();
    signals.connect(paid, (_, { manager }) => manager);
    const former = signals.useTransactions(new FakeDatabase(() => {}));
    const database = new FakeDatabase(() => {});
    const latter = signals.useTransactions(database);
    const send = () => database.transaction(() => signals.send(paid, null, {}));

    former[Symbol.dispose]();
    expect(await send()).toMatchObject([{ value: 'manager 1' }]);
    latter[Symbol.dispose]();
    await expect(send()).rejects.toThrow(/asked for a manager/);
  });
});
