import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, SignalsClosedError, adminOf } from 'nestjs-signals/core';
import { hostOf, type TransactionSource } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { closedGate, type Gate } from './support.js';

const paid = defineSignal<object>('orders.paid');

describe('What is under way', () => {
  let signals: Signals;
  let gate: Gate;
  const names = () =>
    adminOf(signals)
      .underWay()
      .map(({ what }) => what);

  beforeEach(() => {
    signals = new Signals();
    gate = closedGate();
  });

  it('is nothing before a send and after it', async () => {
    signals.connect(paid, () => {});

    expect(names()).toEqual([]);
    await signals.send(paid, {});
    expect(names()).toEqual([]);
  });

  it('is each signal that is being sent, with the receivers that the sender waits for', async () => {
    signals.connect(paid, () => gate.opened, { dispatchUid: 'audit' });
    signals.connect(paid, () => {}, { dispatchUid: 'issue' });
    signals.connect(paid, () => {}, { dispatchUid: 'mail', phase: 'afterRollback' });
    const sending = signals.send(paid, {});

    expect(names()).toEqual(["A send of 'orders.paid' to 'audit', 'issue'"]);

    gate.open();
    await sending;
  });

  it('is a receiver of phase afterCommit by its name, while it runs', async () => {
    signals.connect(paid, () => gate.opened, { dispatchUid: 'mail', phase: 'afterCommit' });
    const sending = signals.send(paid, {});

    expect(names()).toEqual(["A send of 'orders.paid'", "Receiver 'mail' of 'orders.paid'"]);

    gate.open();
    await sending;
  });

  it('says when all of it has ended', async () => {
    const log: string[] = [];
    signals.connect(paid, () => gate.opened);
    const sending = signals.send(paid, {}).then(() => log.push('sent'));
    const [work] = adminOf(signals).underWay();
    const ended = work?.ended.then(() => log.push('ended'));

    gate.open();
    await Promise.all([sending, ended]);

    expect(log).toContain('ended');
    expect(names()).toEqual([]);
  });

  it('is what an integration says of its transactions, too', async () => {
    const work = { what: 'A transaction', ended: Promise.resolve() };
    const database = Object.assign(new FakeDatabase(() => {}), { unfinished: () => [work] });
    using _attached = hostOf(signals).useTransactions(database);

    expect(adminOf(signals).underWay()).toEqual([work]);
  });
});

describe('Closing with an integration', () => {
  const signalsWith = (unfinished: NonNullable<TransactionSource['unfinished']>) => {
    const signals = new Signals();
    hostOf(signals).useTransactions(Object.assign(new FakeDatabase(() => {}), { unfinished }));
    return signals;
  };

  it('waits for its transactions', async () => {
    const gate = closedGate();
    const open = [{ what: 'A transaction', ended: gate.opened.then(() => void open.pop()) }];
    setImmediate(() => gate.open());

    expect(await adminOf(signalsWith(() => open)).close()).toBe(true);
  });

  it('says that it has given up on a transaction that does not end', async () => {
    const endless = { what: 'A transaction', ended: new Promise<void>(() => {}) };

    expect(await adminOf(signalsWith(() => [endless])).close(1)).toBe(false);
  });
});

describe('A send after the closing', () => {
  let signals: Signals;
  let database: FakeDatabase;
  const send = (manager?: unknown) => signals.send(paid, {}, { manager });

  beforeEach(async () => {
    signals = new Signals();
    database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    await adminOf(signals).close();
  });

  it('fails in an open transaction whose receivers it would miss', async () => {
    signals.connect(paid, () => {});

    const committing = database.transaction(() => send());

    await expect(committing).rejects.toThrow(SignalsClosedError);
    await expect(committing).rejects.toThrow(
      /^'orders\.paid' was sent after the application had closed/,
    );
    expect(database.statements).toEqual(['BEGIN', 'ROLLBACK']);
  });

  it('fails also where the transaction is only named', async () => {
    signals.connect(paid, () => {});

    const committing = database.transaction((manager) => send(manager), { hidden: true });

    await expect(committing).rejects.toThrow(SignalsClosedError);
  });

  it('fails where it would miss a durable receiver that is not muted, transaction or not', async () => {
    signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'mail' });

    await expect(send()).rejects.toThrow(SignalsClosedError);
    expect(await signals.mute({ dispatchUid: 'mail' }, () => send())).toEqual([]);
  });

  it('does nothing where no transaction is open, or nobody is connected', async () => {
    expect(await database.transaction(() => send())).toEqual([]);
    signals.connect(paid, () => {});
    expect(await send()).toEqual([]);
  });
});
