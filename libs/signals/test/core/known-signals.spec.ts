import { describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  NoTransactionError,
  ReceiverDeclarationError,
  Signals,
} from 'nestjs-signals';
import { closedGate, observedSignals } from './support.js';

const paid = defineSignal<object>('orders.paid');
const shipped = defineSignal<object>('orders.shipped');

describe('A signal is known', () => {
  it('when it is declared or had a receiver, also when nobody hears it any more', () => {
    const signals = new Signals();
    expect(signals.known()).toEqual([]);

    signals.declare(paid);
    signals.connect(shipped, () => {})[Symbol.dispose]();

    expect(signals.known()).toEqual([paid, shipped]);
    expect(signals.list()).toEqual([]);
  });

  it('by a name that no other signal may take then', () => {
    const signals = new Signals();
    signals.declare(paid, shipped);

    expect(() => signals.declare(defineSignal('orders.shipped'))).toThrow(ReceiverDeclarationError);
    expect(() => signals.declare(shipped)).not.toThrow();
  });
});

describe('Work of an integration for which no transaction is open', () => {
  it('follows the policy of the application, or the one that is given', () => {
    const { signals } = observedSignals({ outsideTransaction: 'throw' });
    const ran: string[] = [];
    const work = () => void ran.push('work');

    expect(() => signals.runOutsideTransaction(work)).toThrow(NoTransactionError);
    expect(() => signals.runOutsideTransaction(work)).toThrow(/^An onCommit callback asked to run/);
    signals.runOutsideTransaction(work, 'run');

    expect(ran).toEqual(['work']);
  });

  it('is under way until it has ended, and its failure is reported', async () => {
    const { signals, reported } = observedSignals();
    const gate = closedGate();
    const failure = new Error('no mail');
    signals.runOutsideTransaction(async () => {
      await gate.opened;
      throw failure;
    });

    expect(signals.underWay().map(({ what }) => what)).toEqual(['An onCommit callback']);
    gate.open();
    await signals.close();

    expect(signals.underWay()).toEqual([]);
    expect(reported).toEqual([{ error: failure, what: 'An onCommit callback failed' }]);
  });
});
