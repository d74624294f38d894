import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  DurableOutsideTransactionError,
  Signals,
  TransactionEndedError,
  type DurableReceiverOptions,
} from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { closedGate, observedSignals, type ObservedSignals } from './support.js';

class Order {}
const paid = defineSignal<object>('orders.paid');
const payload = {};

describe('A send to durable receivers that cannot be written', () => {
  let one: ObservedSignals;
  let database: FakeDatabase;
  const send = () => one.signals.send(paid, payload, { sender: Order });
  const connect = (dispatchUid: string, options: Partial<DurableReceiverOptions<object>> = {}) =>
    one.signals.connect(paid, () => {}, { ...options, phase: 'durable', dispatchUid });

  beforeEach(() => {
    one = observedSignals();
    database = new FakeDatabase(() => {});
    hostOf(one.signals).useTransactions(database);
  });

  it('is refused for those that want it, whatever else there is', async () => {
    const refuse = () => {
      throw new Error('A condition that fails is reported at its turn, which does not come.');
    };
    connect('broken', { when: refuse });
    connect('other', { when: () => false });
    connect('issue');
    one.signals.connect(paid, () => {}, { dispatchUid: 'in the transaction' });
    one.signals.connect(paid, () => {}, { phase: 'afterRollback', dispatchUid: 'undone' });

    for (const sent of [send(), one.signals.sendRobust(paid, payload, { sender: Order })]) {
      await expect(sent).rejects.toThrow(/^'orders\.paid' has durable receivers \(issue\), whose/);
    }
    expect(one.reported).toEqual([]);
  });

  it('concerns nobody else when its transaction has ended', async () => {
    const late = async (sending: () => Promise<unknown>) => {
      const gate = closedGate();
      let sent: Promise<unknown> | undefined;
      await database.transaction(async () => void (sent = gate.opened.then(sending)));
      gate.open();
      return sent;
    };
    let isWanted = false;
    one.signals.connect(paid, () => 'heard');
    connect('issue', { when: () => isWanted });

    expect(await late(send)).toMatchObject([{ value: 'heard' }]);
    one.signals.connect(paid, () => {}, { phase: 'afterCommit' });
    expect(
      await late(() => one.signals.sendRobust(paid, payload, { sender: Order })),
    ).toMatchObject([
      { reason: expect.any(TransactionEndedError) },
      { reason: expect.any(TransactionEndedError) },
    ]);
    isWanted = true;
    for (const sending of [send, () => one.signals.sendRobust(paid, payload, { sender: Order })]) {
      await expect(late(sending)).rejects.toThrow(TransactionEndedError);
    }
  });

  it('is refused with the way out where nothing keeps deliveries', async () => {
    connect('issue');

    await expect(database.transaction(send)).rejects.toThrow(
      "'orders.paid' has durable receivers (issue), whose deliveries are written in the transaction of " +
        'the sender, but nothing keeps deliveries here. Add durableSignals() to the integrations.',
    );
  });
});

describe('Before something is done that is sent about', () => {
  const refuse = (signals: Signals, manager?: string) => () =>
    hostOf(signals).refuseOutsideTransaction(paid, Order, manager);

  it('a send to durable receivers is refused where no transaction is open, naming them alone', async () => {
    const signals = new Signals();
    const database = new FakeDatabase(() => {});
    signals.connect(paid, () => {}, { dispatchUid: 'in the transaction' });
    expect(refuse(signals)).not.toThrow();

    signals.connect(paid, () => {}, { phase: 'durable', dispatchUid: 'issue' });
    expect(refuse(signals)).toThrow(DurableOutsideTransactionError);
    hostOf(signals).useTransactions(database);
    expect(refuse(signals)).toThrow(/^'orders\.paid' has durable receivers \(issue\), whose/);
    expect(refuse(signals, 'unknown')).toThrow(DurableOutsideTransactionError);
    expect(() => signals.mute({ signal: paid, sender: Order }, refuse(signals))).not.toThrow();
    await database.transaction(async (manager) => {
      expect(refuse(signals)).not.toThrow();
      expect(refuse(signals, manager)).not.toThrow();
    });
  });
});
