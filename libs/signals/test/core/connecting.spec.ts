import { beforeEach, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  defineSignal,
  DuplicateReceiverError,
  Signals,
  adminOf,
  type Sender,
} from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';

class Order {}
class Invoice {}

const paid = defineSignal<{ total: number }>('orders.paid');

describe('Connecting', () => {
  let signals: Signals;
  let heard: string[];
  const note = (text: string) => () => void heard.push(text);
  const send = (sender: Sender | null = Order) => signals.send(paid, { total: 1 }, { sender });

  beforeEach(() => {
    signals = new Signals();
    heard = [];
  });

  it('leaves the function as it is, and answers what disconnects exactly this receiver', async () => {
    const receiver = note('one');
    const connection = signals.connect(paid, receiver);
    signals.connect(paid, note('other'));

    connection[Symbol.dispose]();
    await send();
    receiver();

    expect(heard).toEqual(['other', 'one']);
  });

  it('can be undone twice, and an old disposable does not undo a later connection', async () => {
    const receiver = note('one');
    const connection = signals.connect(paid, receiver, { dispatchUid: 'one' });
    connection[Symbol.dispose]();
    signals.connect(paid, receiver, { dispatchUid: 'one' });

    connection[Symbol.dispose]();
    await send();

    expect(heard).toEqual(['one']);
  });

  it('the same function for the same sender happens once: first position, first options', async () => {
    const receiver = note('first');
    signals.connect(paid, receiver, { order: 0 });
    signals.connect(paid, note('second'));
    signals.connect(paid, receiver, { order: 5, when: () => false });

    await send();

    expect(heard).toEqual(['first', 'second']);
    expect(adminOf(signals).list()).toHaveLength(2);
  });

  it('the same method of two instances makes two receivers', async () => {
    class Printer {
      constructor(private readonly name: string) {}

      readonly print = () => void heard.push(this.name);
    }
    signals.connect(paid, new Printer('one').print);
    signals.connect(paid, new Printer('two').print);

    await send();

    expect(heard).toEqual(['one', 'two']);
  });

  it('a different function under a taken dispatchUid is an error that names who has it', async () => {
    const options = { dispatchUid: 'print', owner: 'Printer.print', location: 'printer.ts:7' };
    signals.connect(paid, note('first'), options);

    const second = () => signals.connect(paid, note('second'), { dispatchUid: 'print' });

    expect(second).toThrow(DuplicateReceiverError);
    expect(second).toThrow(
      "The dispatchUid 'print' is taken for 'orders.paid' of any sender by Printer.print (printer.ts:7).",
    );
    await send();
    expect(heard).toEqual(['first']);
  });

  it('the same dispatchUid for another sender makes another receiver', async () => {
    signals.connect(paid, note('any'), { dispatchUid: 'print' });
    signals.connect(paid, note('orders'), { dispatchUid: 'print', sender: Order });
    signals.connect(paid, note('invoices'), { dispatchUid: 'print', sender: Invoice });

    await send(Order);

    expect(heard).toEqual(['any', 'orders']);
  });

  it('one function with a dispatchUid and without one makes two receivers', async () => {
    const receiver = note('heard');
    signals.connect(paid, receiver);
    signals.connect(paid, receiver, { dispatchUid: 'print' });

    await send();

    expect(heard).toEqual(['heard', 'heard']);
  });

  it('one function for every sender and for this one calls it once', async () => {
    const receiver = note('heard');
    signals.connect(paid, receiver, { sender: Order });
    signals.connect(paid, receiver);

    await send(Order);
    await send(Invoice);

    expect(heard).toEqual(['heard', 'heard']);
  });

  it('one function for every sender and for this one loses neither its conditions nor its phases', async () => {
    const receiver = note('heard');
    signals.connect(paid, receiver, { when: () => false });
    signals.connect(paid, receiver, { sender: Order });
    signals.connect(paid, receiver, { sender: Order, phase: 'afterCommit' });
    signals.connect(paid, receiver, { sender: 'Order', phase: 'afterCommit' });

    await send(Order);

    expect(heard).toEqual(['heard', 'heard']);
  });

  it('holds a receiver that nobody else holds', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    signals.connect(paid, () => void heard.push('closure'));

    collectGarbage();
    await send();

    expect(heard).toEqual(['closure']);
  });

  it('again after disconnecting moves the receiver to the end', async () => {
    const receiver = note('one');
    signals.connect(paid, receiver)[Symbol.dispose]();
    signals.connect(paid, note('two'));
    signals.connect(paid, receiver);

    await send();

    expect(heard).toEqual(['two', 'one']);
  });

  it('takes effect for the next send, whatever was sent before', async () => {
    await send(Order);
    const connection = signals.connect(paid, note('one'), { sender: Order });
    await send(Order);
    connection[Symbol.dispose]();
    await send(Order);
    hostOf(signals).connectToAll(note('all'));
    await send(Order);

    expect(heard).toEqual(['one', 'all']);
  });

  it('puts the receiver on the list of this instance, as a frozen record', () => {
    signals.connect(paid, note('one'), { sender: Order, dispatchUid: 'one', order: 3 });

    expect(adminOf(signals).list()).toEqual([
      {
        signal: 'orders.paid',
        sender: 'Order',
        dispatchUid: 'one',
        phase: 'inTransaction',
        robust: false,
        order: 3,
        includeSubclasses: false,
        owner: undefined,
        location: undefined,
      },
    ]);
    expect(Object.isFrozen(adminOf(signals).list()[0])).toBe(true);
    expect(adminOf(new Signals()).list()).toEqual([]);
  });

  it('tells which signals and senders are waited for, so that a start can check them', () => {
    signals.connect(paid, note('any'));
    signals.connect(paid, note('orders'), { sender: Order });

    expect(adminOf(signals).connections()).toEqual([
      { signal: paid, sender: undefined, receiver: adminOf(signals).list()[0] },
      { signal: paid, sender: Order, receiver: adminOf(signals).list()[1] },
    ]);
  });

  it('is known before a send: hasReceivers', () => {
    signals.connect(paid, note('orders'), { sender: Order });

    expect(adminOf(signals).hasReceivers(paid, Order)).toBe(true);
    expect(adminOf(signals).hasReceivers(paid, Invoice)).toBe(false);
    expect(adminOf(signals).hasReceivers(paid, null)).toBe(false);
    expect(adminOf(signals).hasReceivers(defineSignal('nobody.hears'), Order)).toBe(false);
  });
});
