import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { NonRetryableError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { recordedFailure } from '../../src/durable/worker/recorded-failure.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const go = defineSignal<{ readonly n: number }>('tests.go');
const half = '👍'.slice(0, 1);

function circular(): Error {
  const socket: Record<string, unknown> = {};
  socket['socket'] = socket;
  const response = { request: socket, big: 10n };
  return Object.assign(new Error('status 502'), { request: socket, response, status: 502 });
}

function unreadable(): Error {
  return Object.defineProperty(new Error('unreadable'), 'boom', {
    enumerable: true,
    get() {
      throw new Error('do not look');
    },
  });
}

function revoked<T extends object>(of: T): T {
  const { proxy, revoke } = Proxy.revocable(of, {});
  revoke();
  return proxy;
}

/** Says nothing of itself: not even `instanceof` can be asked. */
function closed(): Error {
  return new Proxy(new Error('closed'), {
    getPrototypeOf() {
      throw new Error('do not ask');
    },
  });
}

function unreadableItem(): Error {
  const errors = [new Error('first'), 0];
  Object.defineProperty(errors, 1, {
    get() {
      throw new Error('do not look');
    },
  });
  return new AggregateError([], 'of several', { cause: Object.assign(new Error(), { errors }) });
}

const FAILURES: readonly [string, () => unknown, string][] = [
  ['an error', () => new Error('plain'), 'plain'],
  ['U+0000 in its message', () => new Error('bad \u0000PNG'), 'bad \uFFFDPNG'],
  ['half a character in its message', () => new Error(`bad ${half}`), 'bad \uFFFD'],
  ['a circle in its properties', circular, 'status 502'],
  ['a bigint among its properties', () => Object.assign(new Error('big'), { of: 1n }), 'big'],
  ['a property that throws', unreadable, 'unreadable'],
  ['a megabyte of message', () => new Error('x'.repeat(1_000_000)), 'x'.repeat(4_000)],
  ['a cause with U+0000', () => new Error('outer', { cause: new Error('\u0000') }), 'outer'],
  ['a proxy that does not answer', closed, 'closed'],
  ['a revoked proxy', () => revoked(new Error('gone')), 'Something was thrown that is no error.'],
  ['a list that was revoked', () => Object.assign(new Error('a'), { errors: revoked([]) }), 'a'],
  ['an item that throws', unreadableItem, 'of several'],
  ['a text', () => 'just a text', 'just a text'],
  ['undefined', () => undefined, 'undefined'],
  ['an object', () => ({ message: 'no error', code: 7 }), 'no error'],
];

describe('The failure of a durable receiver is kept with its reason', () => {
  let database: TestDatabase;
  let running: DurableProcess;
  const start = async (connect: (signals: Signals) => void) => {
    running = await DurableProcess.start(database, { connect });
    await atomic(running.dataSource, () => running.signals.send(go, { n: 1 }));
  };
  const letters = (count: number) =>
    until(async () => {
      const found = await running.durable.deadLetters.list();
      return found.length >= count && found;
    });
  const ofTheEngine = () =>
    running.reported.filter(({ what }) => what.startsWith('The job engine'));

  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());
  afterEach(async () => {
    await running.dataSource.query('DELETE FROM signals.job');
    await running.stop();
  });

  it.each(['database', 'external', 'relay'] as const)(
    'whatever was thrown (%s)',
    async (effect) => {
      const more =
        effect === 'external' ? { effect, onUnknownOutcome: 'retry' as const } : { effect };
      for (const [what, thrown, reason] of FAILURES) {
        await start((signals) => {
          signals.connect(
            go,
            () => {
              throw thrown();
            },
            { phase: 'durable', dispatchUid: `keep.${effect}`, retries: 0, ...more },
          );
        });

        const [dead] = await letters(1);

        expect({ what, reason: dead?.reason }).toEqual({ what, reason });
        expect(ofTheEngine()).toEqual([]);
        await running.durable.deadLetters.discard({});
        if (what !== FAILURES.at(-1)?.[0]) await running.stop();
      }
    },
  );

  it.each([
    ['one by one', {}],
    ['in a batch', { batch: 5 }],
  ])('and retried after its backoff, as ever, when taken %s', async (_, more) => {
    const attempts: number[] = [];
    await start((signals) => {
      signals.connect(
        go,
        (__, { attempt }) => {
          attempts.push(attempt);
          throw new Error('not yet \u0000');
        },
        { phase: 'durable', dispatchUid: 'retried', retries: 1, timeout: 3_600_000, ...more },
      );
    });

    await until(async () => (await running.jobs('retried'))[0]?.state === 'retry');
    await running.hurry();
    const [dead] = await letters(1);

    // In a batch that fails, each is run again by itself.
    expect([...new Set(attempts)]).toEqual([1, 2]);
    expect(dead).toMatchObject({ attempts: 2, reason: 'not yet \uFFFD' });
    expect(ofTheEngine()).toEqual([]);
  });

  it('and known to have failed, so that an external effect is tried again', async () => {
    const attempts: number[] = [];
    await start((signals) => {
      signals.connect(
        go,
        (__, { attempt }) => {
          attempts.push(attempt);
          if (attempt === 1) throw closed();
        },
        {
          phase: 'durable',
          dispatchUid: 'closed',
          effect: 'external',
          onUnknownOutcome: 'dead-letter',
          retries: 1,
        },
      );
    });

    await until(async () => (await running.jobs('closed'))[0]?.state === 'retry');
    await running.hurry();
    await running.settled();

    expect(attempts).toEqual([1, 2]);
    expect(await running.durable.deadLetters.count()).toBe(0);
  });

  it('and is hopeless where it says so', async () => {
    await start((signals) => {
      const receiver = (): never => {
        throw new NonRetryableError('for good \u0000');
      };
      signals.connect(go, receiver, { phase: 'durable', dispatchUid: 'hopeless', retries: 3 });
    });

    expect(await letters(1)).toMatchObject([{ attempts: 1, reason: 'for good \uFFFD' }]);
  });
});

describe('What is kept of a failure', () => {
  let database: TestDatabase;
  let process: DurableProcess;
  beforeAll(async () => {
    database = await createDurableDatabase();
    process = await DurableProcess.start(database, { workers: false });
  });
  afterAll(async () => {
    await process.stop();
    await database.drop();
  });

  const text = fc
    .array(fc.integer({ min: 0, max: 0xff_ff }))
    .map((units) => String.fromCharCode(...units));
  const thrown = fc.oneof(
    fc.anything({ key: text, values: [text, fc.double(), fc.bigInt()], withBigInt: true }),
    fc
      .record({
        message: text,
        cause: fc.anything({ values: [text] }),
        more: fc.dictionary(text, text),
      })
      .map(({ message, cause, more }) => Object.assign(new Error(message, { cause }), more)),
    fc.array(text).map((messages) => new AggregateError(messages.map((each) => new Error(each)))),
  );

  it('is taken by PostgreSQL, whatever was thrown', async () => {
    await fc.assert(
      fc.asyncProperty(thrown, async (failure) => {
        const kept = recordedFailure(failure);
        const json = JSON.stringify(Object.assign({}, kept));
        const [row] = await process.dataSource.query<{ json: unknown }[]>(
          'SELECT $1::jsonb AS json',
          [json],
        );
        expect(row?.json).toEqual(JSON.parse(json));
      }),
      { numRuns: 200 },
    );
  });

  it('has its name, its stack, its causes and its plain details, and nothing else', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'E_INNER' });
    const failure = Object.assign(new RangeError('outer', { cause }), {
      status: 502,
      config: { headers: { authorization: 'secret' } },
    });

    const kept = recordedFailure(failure);

    expect(kept).toMatchObject({
      name: 'RangeError',
      message: 'outer',
      stack: expect.stringContaining('kept-failures.spec'),
      status: 502,
      cause: { name: 'TypeError', message: 'inner', code: 'E_INNER' },
    });
    expect(JSON.stringify(kept)).not.toContain('secret');
  });

  it('is bounded, however much there is', () => {
    let failure = new Error('x'.repeat(10_000));
    for (let depth = 0; depth < 50; depth += 1) {
      failure = new AggregateError(
        Array.from({ length: 50 }, () => failure),
        'y'.repeat(10_000),
      );
    }

    const kept = recordedFailure(failure) as unknown as object;

    expect(JSON.stringify(kept).length).toBeLessThan(100_000);
  });
});
