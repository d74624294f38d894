import { beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, ReceiverDeclarationError, Signals, adminOf } from 'nestjs-signals/core';

const paid = defineSignal<{ total: number }>('orders.paid');

describe('A receiver is refused when it is connected', () => {
  let signals: Signals;

  const expectRefused = (connect: () => unknown, why: RegExp) => {
    expect(connect).toThrow(ReceiverDeclarationError);
    expect(connect).toThrow(why);
    expect(adminOf(signals).list()).toEqual([]);
  };

  beforeEach(() => {
    signals = new Signals();
  });

  it.each([undefined, null, 'text', {}])('as %j instead of a function', (receiver) => {
    expectRefused(
      () => signals.connect(paid, receiver as never),
      /A receiver of 'orders\.paid' must be a function/,
    );
  });

  it.each(['', '  ', 0, null])('with the dispatchUid %j', (dispatchUid) => {
    expectRefused(
      () => signals.connect(paid, () => {}, { dispatchUid: dispatchUid as string }),
      /has an empty dispatchUid/,
    );
  });

  it.each([undefined, null, ''])('with the sender %j, instead of hearing everybody', (sender) => {
    expectRefused(
      () => signals.connect(paid, () => {}, { sender: sender as never }),
      /names a sender that is .*import each other/,
    );
  });

  it.each([undefined, null])('with the signal %j, instead of hearing every signal', (signal) => {
    expectRefused(
      () => signals.connect(signal as never, () => {}, { owner: 'Printer.print' }),
      /The signal of Printer\.print is .*import each other/,
    );
  });

  it('in a phase that does not exist', () => {
    expectRefused(
      () => signals.connect(paid, () => {}, { phase: 'afterwards' as never }),
      /unknown phase 'afterwards'.*inTransaction, afterCommit, afterRollback/,
    );
  });

  it.each(['afterCommit', 'afterRollback'] as const)('as robust in phase %s', (phase) => {
    expectRefused(
      () => signals.connect(paid, () => {}, { robust: true, phase }),
      /robust in phase .*where every receiver is/,
    );
  });

  it('without a dispatchUid in strict mode', () => {
    signals = new Signals({ strict: true });

    expectRefused(
      () => signals.connect(paid, function print() {}),
      /no dispatchUid, which strict mode demands \(function 'print'\)/,
    );
    expect(() => signals.connect(paid, () => {}, { dispatchUid: 'print' })).not.toThrow();
  });
});

describe('A receiver without a dispatchUid', () => {
  const listedAs = (receiver: () => void) => {
    const signals = new Signals();
    signals.connect(paid, receiver);
    return adminOf(signals)
      .list()
      .map(({ dispatchUid }) => dispatchUid);
  };

  it('is called by the name of its function', () => {
    expect(listedAs(function print() {})).toEqual(['print']);
  });

  it('is called something also when its function has no name, or no text for one', () => {
    const odd = Object.defineProperty(() => {}, 'name', { value: Symbol('no text') });

    expect(listedAs(() => {})).toEqual(['anonymous']);
    expect(listedAs(odd)).toEqual(['anonymous']);
  });
});
