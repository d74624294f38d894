import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  ReceiverDeclarationError,
  Signals,
  adminOf,
  type DurableReceiverOptions,
} from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';

const paid = defineSignal<{ order: string }>('orders.paid');

type Options = Omit<DurableReceiverOptions<{ order: string }>, 'phase' | 'dispatchUid'>;

describe('A durable receiver', () => {
  let signals: Signals;
  const connect = (options: Options = {}) =>
    signals.connect(paid, () => {}, { ...options, phase: 'durable', dispatchUid: 'issue' });
  const infoOf = (options: Options = {}) => {
    connect(options);
    return adminOf(signals).list()[0]?.durable;
  };
  const expectRefused = (options: Options, why: string) => {
    expect(() => connect(options)).toThrow(ReceiverDeclarationError);
    expect(() => connect(options)).toThrow(`A receiver of 'orders.paid' ${why}`);
    expect(adminOf(signals).list()).toEqual([]);
  };

  beforeEach(() => {
    signals = new Signals();
  });

  it('writes to the database, alone and eight times again, where it says nothing', () => {
    expect(infoOf()).toEqual({
      effect: 'database',
      retries: 8,
      backoff: 1_000,
      timeout: 30_000,
      concurrency: 2,
      batch: 1,
      onUnknownOutcome: undefined,
      isOrdered: false,
      columns: [],
    });
  });

  it('is listed with what it says, as a record that nobody can change', () => {
    const info = infoOf({
      effect: 'external',
      onUnknownOutcome: 'dead-letter',
      retries: 0,
      backoff: 2_000,
      timeout: 1_000,
      concurrency: 1,
      orderingKey: ({ order }) => order,
    });

    expect(info).toMatchObject({
      effect: 'external',
      onUnknownOutcome: 'dead-letter',
      retries: 0,
      backoff: 2_000,
      timeout: 1_000,
      concurrency: 1,
      isOrdered: true,
    });
    expect(Object.isFrozen(info)).toBe(true);
    expect(Object.isFrozen(info?.columns)).toBe(true);
  });

  it('takes a hundred deliveries at once as a relay, unless it says another number', () => {
    expect(infoOf({ effect: 'relay' })).toMatchObject({ batch: 100 });
    signals = new Signals();
    expect(infoOf({ effect: 'relay', batch: 7 })).toMatchObject({ batch: 7 });
    signals = new Signals();
    expect(infoOf({ batch: 20 })).toMatchObject({ effect: 'database', batch: 20 });
  });

  it('needs an effect that there is', () => {
    expectRefused(
      { effect: 'magic' as never },
      "has the unknown effect 'magic'. There are: database, external, relay.",
    );
  });

  it('tries an external effect again whose outcome is unknown, unless it says otherwise', () => {
    expect(infoOf({ effect: 'external' })).toMatchObject({ onUnknownOutcome: 'retry' });
    signals = new Signals();
    expect(infoOf({ effect: 'external', onUnknownOutcome: 'dead-letter' })).toMatchObject({
      onUnknownOutcome: 'dead-letter',
    });
    signals = new Signals();
    expect(infoOf({})).toMatchObject({ onUnknownOutcome: undefined });
    signals = new Signals();
  });

  it('has no unknown outcome where its effect is in the database or with a broker', () => {
    expectRefused(
      { onUnknownOutcome: 'retry' },
      "has the option 'onUnknownOutcome', but with effect 'database' no outcome is unknown.",
    );
    expectRefused(
      { effect: 'relay', onUnknownOutcome: 'retry' },
      "has the option 'onUnknownOutcome', but with effect 'relay' no outcome is unknown.",
    );
  });

  it('cannot take in batches what has an order, or what no transaction can hold', () => {
    const orderingKey = () => 'k';
    expectRefused(
      { orderingKey, batch: 2 },
      'has an orderingKey and a batch: what has an order is taken one by one',
    );
    expectRefused(
      { effect: 'external', onUnknownOutcome: 'retry', batch: 2 },
      'has an external effect and a batch: one failure would leave',
    );
    expect(infoOf({ orderingKey, batch: 1 })).toMatchObject({ isOrdered: true, batch: 1 });
    signals = new Signals();
    expect(infoOf({ orderingKey, effect: 'relay' })).toMatchObject({ isOrdered: true, batch: 1 });
  });

  it.each([
    ['retries', -1, 'a whole number from 0'],
    ['retries', 1.5, 'a whole number from 0'],
    ['retries', Infinity, 'a whole number from 0'],
    ['backoff', 500, 'whole seconds, in milliseconds, from 1000'],
    ['backoff', 0, 'whole seconds, in milliseconds, from 1000'],
    ['timeout', 1_500, 'whole seconds, in milliseconds, from 1000'],
    ['timeout', 0, 'whole seconds, in milliseconds, from 1000'],
    ['concurrency', 0, 'a whole number from 1'],
    ['batch', 0, 'a whole number from 1'],
    ['batch', Number.NaN, 'a whole number from 1'],
  ])('cannot have %s: %d', (option, value, expected) => {
    expectRefused({ [option]: value }, `has ${option}: ${value}; ${expected} is expected.`);
  });

  it('needs a dispatchUid, and a signal that it is meant for', () => {
    expect(() => signals.connect(paid, () => {}, { phase: 'durable' } as never)).toThrow(
      "A receiver of 'orders.paid' is durable and needs a dispatchUid",
    );
    const options = { phase: 'durable', dispatchUid: 'issue' } as const;
    expect(() => hostOf(signals).connectToAll(() => {}, options)).toThrow(
      "A receiver of 'every domain signal' cannot be durable: connect it to the signals",
    );
    expect(adminOf(signals).list()).toEqual([]);
  });
});

describe('A receiver that is not durable', () => {
  it.each([
    ['effect', 'database'],
    ['retries', 1],
    ['backoff', 1_000],
    ['timeout', 1_000],
    ['orderingKey', () => 'k'],
    ['delay', 0],
    ['priority', 0],
    ['concurrency', 1],
    ['batch', 1],
    ['onUnknownOutcome', 'retry'],
    ['columns', []],
  ])('has no option %s', (option, value) => {
    const signals = new Signals();
    const connect = () =>
      signals.connect(paid, () => {}, { phase: 'afterCommit', [option]: value });

    expect(connect).toThrow(ReceiverDeclarationError);
    expect(connect).toThrow(
      `A receiver of 'orders.paid' has the option '${option}', which belongs to phase 'durable'.`,
    );
  });
});
