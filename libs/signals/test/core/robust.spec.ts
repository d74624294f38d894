import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defineSignal, Signals, adminOf, type ErrorSink } from 'nestjs-signals/core';
import { guardedSink } from 'nestjs-signals/integration';
import { loggerErrorSink } from '../../src/nestjs/logger-error-sink.js';
import { observedSignals, type ObservedSignals } from './support.js';

const paid = defineSignal<{ total: number }>('orders.paid');
const payload = { total: 42 };
const fail = (reason: unknown) => () => {
  throw reason;
};
const hostile = {
  toString: fail(new Error('not shown')),
  [Symbol.for('nodejs.util.inspect.custom')]: fail(new Error('not inspected')),
};

describe('sendRobust', () => {
  let one: ObservedSignals;

  beforeEach(() => {
    one = observedSignals();
  });

  it('runs every receiver, and records failures beside values', async () => {
    const reason = new Error('broken');
    one.signals.connect(paid, fail(reason), { dispatchUid: 'broken' });
    one.signals.connect(paid, () => Promise.reject('text'), { dispatchUid: 'rejecting' });
    one.signals.connect(paid, () => new Error('a value'), { dispatchUid: 'fine' });
    const [broken, rejecting, fine] = adminOf(one.signals).list();

    expect(await one.signals.sendRobust(paid, payload)).toEqual([
      { receiver: broken, status: 'rejected', reason },
      { receiver: rejecting, status: 'rejected', reason: 'text' },
      { receiver: fine, status: 'fulfilled', value: new Error('a value') },
    ]);
  });

  it('reports each failure once, by the name of the receiver and its signal', async () => {
    const reason = new Error('broken');
    one.signals.connect(paid, fail(reason), { dispatchUid: 'broken' });
    one.signals.connect(paid, fail(undefined), { dispatchUid: 'void' });
    one.signals.connect(paid, () => {});

    await one.signals.sendRobust(paid, payload);

    expect(one.reported).toEqual([
      { error: reason, what: "Receiver 'broken' of 'orders.paid' failed" },
      { error: undefined, what: "Receiver 'void' of 'orders.paid' failed" },
    ]);
  });

  it('survives receivers without a name', async () => {
    const nameless = Object.defineProperty(fail('x'), 'name', { value: Symbol('no text') });
    one.signals.connect(paid, nameless);
    one.signals.connect(paid, fail('y').bind(undefined));
    one.signals.connect(paid, () => 'last');

    const results = await one.signals.sendRobust(paid, payload);

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(one.reported).toHaveLength(2);
  });

  it('records a condition that throws', async () => {
    one.signals.connect(paid, () => {}, { when: fail('broken condition') });
    one.signals.connect(paid, () => 'last');

    expect(await one.signals.sendRobust(paid, payload)).toEqual([
      expect.objectContaining({ status: 'rejected', reason: 'broken condition' }),
      expect.objectContaining({ value: 'last' }),
    ]);
  });

  it('is for each receiver what robust is for one', async () => {
    one.signals.connect(paid, fail('robust'), { robust: true });
    one.signals.connect(paid, () => 'next');
    one.signals.connect(paid, fail(new Error('veto')));

    await expect(one.signals.send(paid, payload)).rejects.toThrow('veto');

    expect(one.reported.map(({ error }) => error)).toEqual(['robust']);
  });
});

describe('A failure without a caller', () => {
  const print = jest.spyOn(console, 'error').mockImplementation(() => {});
  const printed = () => print.mock.calls.map(([line]) => String(line));

  afterEach(() => void print.mockReset());

  const reportTo = async (onError?: ErrorSink, reason: unknown = 'reason') => {
    const signals = new Signals(onError && { onError });
    signals.connect(paid, fail(reason), { dispatchUid: 'one' });
    signals.connect(paid, fail(reason), { dispatchUid: 'two' });
    const results = await signals.sendRobust(paid, payload);
    await new Promise(setImmediate);
    return results.map(({ status }) => status);
  };

  it('is one line on standard error when nobody named an error sink', async () => {
    expect(await reportTo()).toEqual(['rejected', 'rejected']);

    expect(print.mock.calls).toEqual([
      ["[signals] Receiver 'one' of 'orders.paid' failed", 'reason'],
      ["[signals] Receiver 'two' of 'orders.paid' failed", 'reason'],
    ]);
  });

  it.each<[string, ErrorSink]>([
    ['throws', fail('sink')],
    ['rejects', async () => Promise.reject('sink')],
  ])('is printed beside that of an error sink that %s, and nothing is stopped', async (_, sink) => {
    expect(await reportTo(sink)).toEqual(['rejected', 'rejected']);

    expect(print.mock.calls.map(([, ...errors]) => errors)).toEqual([
      ['reason', 'sink'],
      ['reason', 'sink'],
    ]);
    expect(printed()[0]).toContain("Receiver 'one' of 'orders.paid' failed, and so did the error");
  });

  it('is told of although the error cannot be shown', async () => {
    print.mockImplementation((line: string, ...values: unknown[]) => {
      if (values.includes(hostile)) throw new Error(`${line} cannot be printed`);
    });

    expect(await reportTo(undefined, hostile)).toEqual(['rejected', 'rejected']);
    expect(await reportTo(fail(hostile), hostile)).toEqual(['rejected', 'rejected']);

    expect(print.mock.calls.filter(([, shown]) => shown !== hostile)).toEqual([
      ["[signals] Receiver 'one' of 'orders.paid' failed", '(an error that cannot be shown)'],
      ["[signals] Receiver 'two' of 'orders.paid' failed", '(an error that cannot be shown)'],
      [expect.stringContaining("'one'"), '(an error that cannot be shown)'],
      [expect.stringContaining("'two'"), '(an error that cannot be shown)'],
    ]);
  });

  it('is told to a guarded sink, which cannot fail whoever tells it', () => {
    expect(() => guardedSink(fail('sink'))('reason', 'It failed')).not.toThrow();

    expect(print.mock.calls.map(([, ...errors]) => errors)).toEqual([['reason', 'sink']]);
  });

  it('goes to the log of a Nest application, one entry each, whatever was thrown', () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const writeOut = jest.spyOn(process.stdout, 'write').mockReturnValue(true);

    loggerErrorSink(hostile, 'Receiver failed');
    loggerErrorSink(new Error('broken'), 'Receiver failed');

    const entries = [...write.mock.calls, ...writeOut.mock.calls].map(([text]) => String(text));
    write.mockRestore();
    writeOut.mockRestore();
    expect(entries.filter((text) => text.includes('an error that cannot be shown'))).toHaveLength(
      1,
    );
    expect(entries.filter((text) => text.includes('Receiver failed: Error: broken'))).toHaveLength(
      1,
    );
  });
});
