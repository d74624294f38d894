import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineSignal,
  failedReceiver,
  SignalCycleError,
  Signals,
  adminOf,
  type Signal,
} from 'nestjs-signals/core';
import { hostOf } from 'nestjs-signals/integration';
import { FakeDatabase } from './fake-database.js';
import { closedGate, failureOf, observedSignals, type ObservedSignals } from './support.js';

class Order {}

interface Step {
  readonly depth: number;
}

const start: Step = { depth: 0 };
const a = defineSignal<Step>('a');
const b = defineSignal<Step>('b');
const c = defineSignal<Step>('c');
const inner = ({ depth }: Step): Step => ({ depth: depth + 1 });
const tick = () => new Promise(setImmediate);

describe('Sends that cause each other without end', () => {
  let one: ObservedSignals;
  let signals: Signals;

  const resend = (signal: Signal<Step>, again: (step: Step) => unknown) =>
    signals.connect(signal, again);

  beforeEach(() => {
    one = observedSignals();
    ({ signals } = one);
  });

  it('end in an error that names the cycle', async () => {
    resend(a, (step) => signals.send(a, inner(step), { sender: Order }));

    const failure = await failureOf(signals.send(a, start, { sender: Order }));

    expect(failure).toBeInstanceOf(SignalCycleError);
    expect(failure).toMatchObject({ cycle: ['a(Order)', 'a(Order)'] });
    expect(String(failure)).toContain('a(Order) → a(Order)');
    expect(failedReceiver(failure)).toMatchObject({ signal: 'a' });
  });

  it('end also when they take turns: a → b → a', async () => {
    resend(a, (step) => signals.send(b, inner(step)));
    resend(b, async (step) => {
      await tick();
      await signals.send(a, inner(step));
    });

    const failure = await failureOf(signals.send(a, start));

    expect(failure).toBeInstanceOf(SignalCycleError);
    expect((failure as SignalCycleError).cycle.toSorted()).toEqual(
      expect.arrayContaining(['a(any sender)', 'b(any sender)']),
    );
    expect((failure as SignalCycleError).cycle).toHaveLength(3);
  });

  it('end also in a ring of many signals', async () => {
    const ring = Array.from({ length: 40 }, (_, index) => defineSignal<Step>(`ring.${index}`));
    for (const [index, signal] of ring.entries()) {
      resend(signal, (step) => signals.send(ring[(index + 1) % 40] ?? a, inner(step)));
    }

    const failure = await failureOf(signals.send(ring[0] ?? a, start));

    expect(failure).toBeInstanceOf(SignalCycleError);
    expect((failure as SignalCycleError).cycle).toHaveLength(41);
    expect(await adminOf(signals).close(1_000)).toBe(true);
  });

  it.each([
    ['at once', (again: () => void) => again()],
    ['after a while', (again: () => void) => tick().then(again)],
  ])('end also when nobody awaits them, sent %s', async (_, later) => {
    const refused = closedGate();
    const failures: unknown[] = [];
    resend(a, (step) =>
      later(() => {
        signals.send(a, inner(step)).catch((failure: unknown) => {
          failures.push(failure);
          refused.open();
        });
      }),
    );

    await signals.send(a, start);
    await refused.opened;

    expect(failures).toEqual([expect.any(SignalCycleError)]);
  });

  it.each([
    ['at once', undefined],
    ['after a while', tick],
  ])('end also when each causes two in parallel, %s', async (_, pause) => {
    let sends = 0;
    const both = (step: Step) =>
      Promise.all([signals.send(a, inner(step)), signals.send(a, inner(step))]);
    resend(a, (step) => {
      sends += 1;
      return pause ? pause().then(() => both(step)) : both(step);
    });

    expect(await failureOf(signals.send(a, start))).toBeInstanceOf(SignalCycleError);
    expect(await adminOf(signals).close(10_000)).toBe(true);
    expect(sends).toBeLessThan(50_000);
  });

  it('end also when a robust receiver goes on after the failure', async () => {
    let sends = 0;
    const reported: unknown[] = [];
    signals = new Signals({ depthLimit: 100, onError: (error) => void reported.push(error) });
    signals.connect(
      a,
      async (step) => {
        sends += 1;
        await signals.send(a, inner(step));
        await signals.send(a, inner(step));
      },
      { robust: true },
    );

    await signals.send(a, start);

    expect(sends).toBeLessThan(1_000);
    expect(reported[0]).toBeInstanceOf(SignalCycleError);
  });

  it('end also when each waits for the commit of the one before', async () => {
    const database = new FakeDatabase(() => {});
    hostOf(signals).useTransactions(database);
    const sendInTransaction = (step: Step) =>
      database.transaction(() => signals.send(a, inner(step)));
    signals.connect(a, sendInTransaction, { phase: 'afterCommit', dispatchUid: 'again' });

    await sendInTransaction(start);

    expect(one.reported).toEqual([
      { error: expect.any(SignalCycleError), what: "Receiver 'again' of 'a' failed" },
    ]);
  });

  it('leave nothing behind: the next send is heard', async () => {
    const endless = resend(a, (step) => signals.send(a, inner(step)));
    await failureOf(signals.send(a, start));
    endless[Symbol.dispose]();
    resend(a, () => 'heard');

    expect(await signals.send(a, start)).toEqual([expect.objectContaining({ value: 'heard' })]);
  });
});

describe('Sends that end', () => {
  let signals: Signals;

  beforeEach(() => {
    ({ signals } = observedSignals());
  });

  it('are no cycle, 2,000 in parallel and each nested 10 deep', async () => {
    let runs = 0;
    signals.connect(a, async (step) => {
      runs += 1;
      await tick();
      if (step.depth < 10) await signals.send(a, inner(step), { sender: Order });
    });

    await Promise.all(
      Array.from({ length: 2_000 }, () => signals.send(a, start, { sender: Order })),
    );

    expect(runs).toBe(2_000 * 11);
  });

  it('are no cycle when one receiver causes all of them', async () => {
    let runs = 0;
    signals.connect(c, () => signals.send(b, start));
    signals.connect(b, () =>
      Promise.all(Array.from({ length: 1_000 }, () => signals.send(a, start, { sender: Order }))),
    );
    signals.connect(a, async (step) => {
      runs += 1;
      await tick();
      if (step.depth < 10) await signals.send(a, inner(step), { sender: Order });
    });

    await signals.send(c, start);

    expect(runs).toBe(1_000 * 11);
  });

  it('are no cycle when each schedules the next one, however busy the signal is', async () => {
    const gate = closedGate();
    const done = closedGate();
    signals.connect(a, async ({ depth }) => {
      if (depth < 0) return gate.opened;
      if (depth === 500) return done.open();
      setImmediate(() => void signals.send(a, { depth: depth + 1 }));
    });
    const busy = Array.from({ length: 100 }, () => signals.send(a, { depth: -1 }));

    await signals.send(a, start);
    await done.opened;
    gate.open();

    expect(await Promise.all(busy)).toHaveLength(100);
  });

  it.each([
    ['at once', undefined],
    ['after a while', tick],
  ])('are no cycle when they nest 900 deep, %s', async (_, pause) => {
    let runs = 0;
    signals.connect(a, async (step) => {
      runs += 1;
      await pause?.();
      if (step.depth < 900) await signals.send(a, inner(step));
    });

    await expect(signals.send(a, start)).resolves.toHaveLength(1);
    expect(runs).toBe(901);
  });

  it('are no cycle when each of 900 waits for the commit of the one before', async () => {
    const { reported, signals: observed } = observedSignals();
    let runs = 0;
    observed.connect(
      a,
      async (step) => {
        runs += 1;
        if (step.depth < 900) await observed.send(a, inner(step));
      },
      { phase: 'afterCommit' },
    );

    await observed.send(a, start);

    expect({ runs, reported }).toEqual({ runs: 901, reported: [] });
  });
});

describe('The limit of how deep sends nest', () => {
  it('is the application’s to choose, and told with the cycle and both ways out', async () => {
    const deep = new Signals({ depthLimit: 2_000 });
    const flat = new Signals({ depthLimit: 2 });
    for (const signals of [deep, flat]) {
      signals.connect(a, (step) => step.depth < 1_500 && signals.send(a, inner(step)));
    }

    await expect(deep.send(a, start)).resolves.toHaveLength(1);
    await expect(flat.send(a, start)).rejects.toThrow(
      'Signals send each other 2 deep: a(any sender) → a(any sender). If that has no end, give a ' +
        'receiver of this cycle a condition (when), or write with update() where it saves its own ' +
        'instance; if it has one, raise the option depthLimit.',
    );
  });

  it.each([0, -1, Number.NaN])('cannot be %d', (depthLimit) => {
    expect(() => new Signals({ depthLimit })).toThrow(RangeError);
  });
});
