import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { atomic, currentManager, onCommit } from 'nestjs-signals/typeorm';
import { captureOnCommit, rolledBackTest, type CapturedCallback } from 'nestjs-signals/testing';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

const noted = defineSignal<{ text: string }>('test.noted');

describe('captureOnCommit', () => {
  let one: SignalsOnDataSource;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);
  const keys = (captured: readonly CapturedCallback[]) =>
    captured.map(({ dedupeKey }) => dedupeKey);
  const register = (...names: string[]) =>
    atomic(one.dataSource, async () => {
      for (const dedupeKey of names) onCommit(note(dedupeKey), { dedupeKey });
    });

  beforeAll(async () => {
    one = await startDataSource([LogLine], { poolSize: 2 });
  });
  afterAll(() => one.close());
  beforeEach(() => {
    ran = [];
    one.reported.length = 0;
  });

  it('answers what was registered in the work, and nothing of it runs', async () => {
    await register('before');
    const captured = await captureOnCommit(() => register('1', '2'));
    await register('after');

    expect(keys(captured)).toEqual(['1', '2']);
    expect(captured.map(({ outcome }) => outcome)).toEqual([undefined, undefined]);
    expect(ran).toEqual(['before', 'after']);
  });

  it('says what registered a callback: the receiver, or file and line', async () => {
    using _receiver = one.signals.connect(noted, note('received'), {
      dispatchUid: 'test.later',
      phase: 'afterCommit',
    });

    const captured = await captureOnCommit(() =>
      atomic(one.dataSource, async () => {
        await one.signals.send(noted, { text: 'a' });
        onCommit(note('direct'));
      }),
    );

    expect(captured.map(({ registeredBy }) => registeredBy)).toEqual([
      "Receiver 'test.later' of 'test.noted'",
      expect.stringMatching(/test\/testing\/capture-on-commit\.spec\.ts:\d+$/),
    ]);
    for (const { callback } of captured) await callback();
    expect(ran).toEqual(['received', 'direct']);
  });

  it('leaves out what was rolled back, with a savepoint or as a whole', async () => {
    const captured = await captureOnCommit(async () => {
      await atomic(one.dataSource, async () => {
        onCommit(note('1'), { dedupeKey: '1' });
        await atomic(one.dataSource, async () => {
          onCommit(note('undone'), { dedupeKey: 'undone' });
          throw new Error('inner');
        }).catch(() => {});
        await register('2');
      });
      await atomic(one.dataSource, async () => {
        onCommit(note('undone'), { dedupeKey: 'undone' });
        throw new Error('outer');
      }).catch(() => {});
    });

    expect(keys(captured)).toEqual(['1', '2']);
  });

  it('captures of one key the last callback, at the position of the first', async () => {
    const captured = await captureOnCommit(
      () =>
        atomic(one.dataSource, async () => {
          onCommit(note('first'), { dedupeKey: 'k' });
          onCommit(note('other'));
          onCommit(note('last'), { dedupeKey: 'k' });
        }),
      { execute: true },
    );

    expect(keys(captured)).toEqual(['k', undefined]);
    expect(ran).toEqual(['last', 'other']);
  });

  it('captures from one data source alone when it is told so', async () => {
    const two = await startDataSource([LogLine]);
    try {
      const captured = await captureOnCommit(
        async () => {
          await register('one');
          await atomic(two.dataSource, async () => onCommit(note('two'), { dedupeKey: 'two' }));
        },
        { dataSource: two.dataSource },
      );

      expect(keys(captured)).toEqual(['two']);
      expect(ran).toEqual(['one']);
    } finally {
      await two.close();
    }
  });

  it('leaves alone what finds no transaction and so runs at once', async () => {
    const captured = await captureOnCommit(() => onCommit(note('at once')));

    expect(captured).toEqual([]);
    expect(ran).toEqual(['at once']);
  });

  it('leaves alone what an integration does for itself', async () => {
    const captured = await captureOnCommit(() =>
      atomic(one.dataSource, async () => onCommit(note('kept house'), { isHousekeeping: true })),
    );

    expect(captured).toEqual([]);
    expect(ran).toEqual(['kept house']);
  });

  it('is over when the work is', async () => {
    let late: Promise<unknown> | undefined;
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));

    await captureOnCommit(() => void (late = gate.then(() => register('late'))));
    go();
    await late;

    expect(ran).toEqual(['late']);
  });

  it('executes at the end, in the order of production: 1, 11, 2, 12', async () => {
    const captured = await captureOnCommit(
      async () => {
        await atomic(one.dataSource, async () => {
          for (const number of ['1', '2']) {
            onCommit(async () => {
              ran.push(number);
              await register(`1${number}`);
            });
          }
        });
        ran.push('the work ends');
      },
      { execute: true },
    );

    expect(ran).toEqual(['the work ends', '1', '11', '2', '12']);
    expect(captured.map(({ outcome }) => outcome)).toEqual([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ]);
  });

  it('executes with no transaction ambient', async () => {
    let manager: unknown;

    await captureOnCommit(
      () =>
        atomic(one.dataSource, async () => {
          onCommit(() => (manager = currentManager(one.dataSource)));
        }),
      { execute: true },
    );

    expect(manager).toBe(one.dataSource.manager);
  });

  it('executes in what is open around the transaction, as in production', async () => {
    const two = await startDataSource([LogLine]);
    try {
      await atomic(two.dataSource, async (outer) => {
        let manager: unknown;
        await captureOnCommit(
          () =>
            atomic(one.dataSource, async () => {
              onCommit(() => (manager = currentManager(two.dataSource)));
            }),
          { execute: true },
        );
        expect(manager).toBe(outer);
      });
    } finally {
      await two.close();
    }
  });

  it('executes on after a failure, which is reported and is the outcome', async () => {
    const failure = new Error('broken');
    using _receiver = one.signals.connect(noted, () => Promise.reject(failure), {
      dispatchUid: 'test.failing',
      phase: 'afterCommit',
    });

    const captured = await captureOnCommit(
      () =>
        atomic(one.dataSource, async () => {
          await one.signals.send(noted, { text: 'a' });
          onCommit(() => {
            throw failure;
          });
          onCommit(note('next'));
        }),
      { execute: true },
    );

    expect(captured.map(({ outcome }) => outcome)).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
      { status: 'fulfilled' },
    ]);
    expect(ran).toEqual(['next']);
    expect(one.reported).toEqual([
      { error: failure, what: "Receiver 'test.failing' of 'test.noted' failed" },
      { error: failure, what: 'A callback of a transaction that was committed failed' },
    ]);
  });

  it('executes nothing when the work fails, and passes on the very error', async () => {
    const thrown = { not: 'an Error' };

    const failing = captureOnCommit(
      async () => {
        await register('captured');
        throw thrown;
      },
      { execute: true },
    );

    await expect(failing).rejects.toBe(thrown);
    expect(ran).toEqual([]);
  });

  it('consumes what it captures: an outer capture has the rest', async () => {
    let inner: readonly CapturedCallback[] = [];

    const outer = await captureOnCommit(
      async () => {
        await register('outer');
        inner = await captureOnCommit(() => register('1', '2'), { execute: true });
        expect(ran).toEqual(['1', '2']);
      },
      { execute: true },
    );

    expect(keys(inner)).toEqual(['1', '2']);
    expect(keys(outer)).toEqual(['outer']);
    expect(ran).toEqual(['1', '2', 'outer']);
  });

  it('inside rolledBackTest is as outside, and what it executes is rolled back', async () => {
    await rolledBackTest(one.dataSource, async () => {
      const captured = await captureOnCommit(
        () =>
          atomic(one.dataSource, async (manager) => {
            await manager.insert(LogLine, { text: 'work' });
            onCommit(async () => {
              await one.dataSource.manager.insert(LogLine, { text: 'callback' });
              ran.push(`rows ${await one.dataSource.manager.count(LogLine)}`);
            });
          }),
        { execute: true },
      );

      expect(captured).toHaveLength(1);
      expect(ran).toEqual(['rows 2']);
    });

    expect(await one.dataSource.manager.count(LogLine)).toBe(0);
  });
});
