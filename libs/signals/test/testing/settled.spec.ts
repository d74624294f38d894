import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal, Signals, adminOf } from 'nestjs-signals/core';
import { atomic, onCommit } from 'nestjs-signals/typeorm';
import { NotSettledError, settled } from 'nestjs-signals/testing';
import { startDataSource, type SignalsOnDataSource } from '../support/data-source.js';
import { LogLine } from '../support/entities.js';

const noted = defineSignal<{ text: string }>('test.noted');

describe('settled', () => {
  let one: SignalsOnDataSource;
  let done: string[];
  const note = (text: string) => () => void done.push(text);

  beforeAll(async () => {
    one = await startDataSource([LogLine]);
  });
  afterAll(() => one.close());
  beforeEach(() => {
    done = [];
  });

  it('resolves when nothing is under way', async () => {
    await expect(settled(new Signals())).resolves.toBeUndefined();
    await expect(settled(one.signals)).resolves.toBeUndefined();
  });

  it('waits for receivers that nobody awaits, and for what they send in turn', async () => {
    const signals = new Signals();
    signals.connect(noted, async ({ text }) => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push(text);
      if (text !== '...') void signals.send(noted, { text: `${text}.` });
    });

    void signals.send(noted, { text: '.' });
    await settled(signals);

    expect(done).toEqual(['.', '..', '...']);
  });

  it('waits for transactions that callbacks wait for, and for the callbacks', async () => {
    using _receiver = one.signals.connect(noted, ({ text }) => void done.push(text), {
      phase: 'afterCommit',
    });
    let begun = () => {};
    const sent = new Promise<void>((resolve) => (begun = resolve));

    void atomic(one.dataSource, async (manager) => {
      await one.signals.send(noted, { text: 'first' });
      begun();
      await manager.query('SELECT pg_sleep(0.02)');
      onCommit(async () => {
        await one.dataSource.query('SELECT pg_sleep(0.02)');
        void atomic(one.dataSource, () => one.signals.send(noted, { text: 'second' }));
      });
    });
    await sent;
    await settled(one.signals);

    expect(done).toEqual(['first', 'second']);
  });

  it('waits for rollbacks too, and not for what they drop', async () => {
    using _receiver = one.signals.connect(noted, note('undone'), { phase: 'afterRollback' });
    using _dropped = one.signals.connect(noted, note('never'), { phase: 'afterCommit' });
    let begun = () => {};
    const sent = new Promise<void>((resolve) => (begun = resolve));

    const failing = atomic(one.dataSource, async (manager) => {
      await one.signals.send(noted, { text: 'a' });
      begun();
      await manager.query('SELECT 1 / 0');
    });
    failing.catch(() => {});
    await sent;
    await settled(one.signals);

    expect(done).toEqual(['undone']);
  });

  it('gives up with an error that says what is still under way', async () => {
    let finish = () => {};
    const gate = new Promise<void>((resolve) => (finish = resolve));
    using _running = one.signals.connect(noted, () => gate, { dispatchUid: 'test.endless' });
    using _later = one.signals.connect(noted, () => gate, {
      dispatchUid: 'test.later',
      phase: 'afterCommit',
      order: -1,
    });

    let waiting = Promise.resolve();
    await new Promise<void>((registered) => {
      waiting = atomic(one.dataSource, async () => {
        onCommit(note('waiting'));
        registered();
        await gate;
      });
    });
    const sending = one.signals.send(noted, { text: 'a' });
    const error: unknown = await settled(one.signals, { timeout: 30 }).catch((reason) => reason);

    expect(error).toBeInstanceOf(NotSettledError);
    expect((error as NotSettledError).underWay).toEqual([
      "A send of 'test.noted' to 'test.endless'",
      "Receiver 'test.later' of 'test.noted'",
      'A transaction that is still open (callbacks that wait: 1)',
    ]);
    finish();
    await Promise.all([sending, waiting]);
    await settled(one.signals);
  });

  it('does not wait for a transaction that the test itself is in', async () => {
    await atomic(one.dataSource, async () => {
      onCommit(note('at the end'));
      await settled(one.signals);
      expect(done).toEqual([]);
    });

    expect(done).toEqual(['at the end']);
  });

  it('forgets a transaction whose connection was released without ending it', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.query('BEGIN');
    onCommit(note('never'), { manager: runner });
    const underWay = adminOf(one.signals).underWay().length;
    await runner.release();

    await settled(one.signals);

    expect(underWay).toBe(1);
    expect(done).toEqual([]);
  });
});
