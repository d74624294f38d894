import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { defineSignal, TransactionEndedError, adminOf } from 'nestjs-signals/core';
import {
  atomic,
  currentManager,
  onCommit,
  onRollback,
  postSave,
  withinTransaction,
} from 'nestjs-signals/typeorm';
import { until } from '../durable/until.js';
import { closedGate } from '../core/support.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

const paid = defineSignal<object>('by-hand.paid');

const BEGINNINGS: Readonly<Record<string, (runner: QueryRunner) => Promise<unknown>>> = {
  'startTransaction()': (runner) => runner.startTransaction(),
  BEGIN: (runner) => runner.query('BEGIN'),
  'START TRANSACTION; SELECT 1': (runner) => runner.query('START TRANSACTION; SELECT 1'),
};

interface End {
  readonly end: (runner: QueryRunner) => Promise<unknown>;
  /** Which kind of callback runs; undefined: nobody knows what became of it. */
  readonly runs: 'commit' | 'rollback' | undefined;
}

function statement(sql: string, runs: End['runs']): End {
  return { end: (runner) => runner.query(sql), runs };
}

const ENDS: Readonly<Record<string, End>> = {
  COMMIT: statement('COMMIT', 'commit'),
  'END WORK': statement('END WORK', 'commit'),
  "SELECT ';'; COMMIT": statement("SELECT ';'; COMMIT", 'commit'),
  'COMMIT; BEGIN; ROLLBACK': statement('COMMIT; BEGIN; ROLLBACK', 'commit'),
  'COMMIT AND CHAIN; ROLLBACK': statement('COMMIT AND CHAIN; ROLLBACK', 'commit'),
  'COMMIT, and then an error': {
    end: (runner) => runner.query('COMMIT; SELECT 1 / 0').catch(() => {}),
    runs: 'commit',
  },
  'a COMMIT of what failed': {
    end: (runner) =>
      runner.query('SELECT 1 / 0').catch(() => runner.query('COMMIT').catch(() => {})),
    runs: 'rollback',
  },
  ROLLBACK: statement('ROLLBACK', 'rollback'),
  ABORT: statement('/* no */ ABORT', 'rollback'),
  'ROLLBACK AND CHAIN; COMMIT': statement('ROLLBACK AND CHAIN; COMMIT', 'rollback'),
  'ROLLBACK, and rollbackTransaction()': {
    end: async (runner) => {
      await runner.query('ROLLBACK');
      await runner.rollbackTransaction().catch(() => {});
    },
    runs: 'rollback',
  },
  'a lost connection': {
    end: async (runner) => {
      await runner.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {});
      await until(() => runner.isReleased);
    },
    runs: 'rollback',
  },
  'release() alone': { end: async () => {}, runs: undefined },
};

const CASES = Object.keys(BEGINNINGS).flatMap((begin) =>
  Object.keys(ENDS).map((end) => [begin, end] as const),
);

describe('A transaction on a query runner that is driven by hand', () => {
  const one = useDataSource([LogLine], { poolSize: 3 });
  const { ran, note } = one;
  const rows = () => one.dataSource.manager.count(LogLine);
  const underWay = () =>
    adminOf(one.signals)
      .underWay()
      .map(({ what }) => what);
  const transfer = async (runner: QueryRunner, fails = false) => {
    await runner.startTransaction();
    try {
      await runner.manager.insert(LogLine, { text: 'transfer' });
      await runner.query('SELECT pg_sleep(0.01)');
      if (fails) throw new Error('refused');
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
    }
  };

  it.each(CASES)('runs its callbacks once, and is done: %s … %s', async (begin, name) => {
    const { end, runs } = ENDS[name] as End;
    const runner = one.dataSource.createQueryRunner();
    await BEGINNINGS[begin]?.(runner);
    onCommit(note('commit'), { manager: runner });
    onRollback(note('rollback'), { manager: runner });
    await end(runner);
    await runner.release();

    expect(ran).toEqual(runs ? [runs] : []);
    expect(underWay()).toEqual([]);
    expect(() => onCommit(note('late'), { manager: runner })).toThrow(TransactionEndedError);
    // What was handed back to the pool in the middle of a transaction is not left to other tests.
    if (!runs) await one.dataSource.query('ROLLBACK');
  });

  it('is no business of what runs beside it', async () => {
    const audit = () =>
      atomic(one.dataSource, async (manager) => {
        onCommit(note('audited'));
        await manager.insert(LogLine, { text: 'audit' });
      });
    const runner = one.dataSource.createQueryRunner();

    const [transferred, audited] = await Promise.allSettled([transfer(runner, true), audit()]);

    expect([transferred.status, audited.status]).toEqual(['rejected', 'fulfilled']);
    expect(ran).toEqual(['audited']);
    expect((await one.dataSource.manager.find(LogLine)).map(({ text }) => text)).toEqual(['audit']);
  });

  it('is not found by a caller that has not named it', async () => {
    const transferring = transfer(one.dataSource.createQueryRunner(), true);

    onCommit(note('at once'));
    expect(ran).toEqual(['at once']);
    expect(currentManager(one.dataSource)).toBe(one.dataSource.manager);

    await expect(transferring).rejects.toThrow('refused');
  });

  it('does not wait for a callback that waits for a connection, however many there are', async () => {
    one.connect(paid, async () => void ran.push(`rows ${await rows()}`), { phase: 'afterCommit' });
    const byHand = async () => {
      const runner = one.dataSource.createQueryRunner();
      await runner.startTransaction();
      await runner.manager.insert(LogLine, { text: 'line' });
      await one.signals.send(paid, {}, { manager: runner.manager });
      await runner.commitTransaction();
      // All have committed before any goes on.
      await arrived();
      await runner.release();
    };
    let waiting = 3;
    const all = closedGate();
    const arrived = () => {
      if ((waiting -= 1) === 0) all.open();
      return all.opened;
    };

    await Promise.all([byHand(), byHand(), byHand()]);

    expect(ran).toEqual(['rows 3', 'rows 3', 'rows 3']);
  });

  it('runs its callbacks soon on a runner that is kept, each after those of the one before', async () => {
    const runner = one.dataSource.createQueryRunner();
    for (const name of ['first', 'second']) {
      await runner.startTransaction();
      onCommit(async () => void ran.push(`${name}: ${await rows()}`), { manager: runner });
      await runner.commitTransaction();
    }
    await until(() => ran.length === 2);
    await runner.release();

    expect(ran).toEqual(['first: 0', 'second: 0']);
  });

  it('lets a callback release its runner, which cannot wait for itself', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.startTransaction();
    onCommit(() => runner.release(), { manager: runner });
    onCommit(note('next'), { manager: runner });
    await runner.commitTransaction();

    await until(() => ran.length > 0);
    expect(runner.isReleased).toBe(true);
  });

  it('is not taken for the next one on its runner by what it left behind', async () => {
    const runner = one.dataSource.createQueryRunner();
    const gate = closedGate();
    await runner.startTransaction();
    const late = withinTransaction(runner, async () => {
      await gate.opened;
      onCommit(note('lost'), { manager: runner });
    });
    late.catch(() => {});
    await runner.rollbackTransaction();
    await runner.startTransaction();
    gate.open();

    await expect(late).rejects.toThrow(TransactionEndedError);
    await runner.commitTransaction();
    await runner.release();
    expect(ran).toEqual([]);
  });

  it('leaves a save that opens none to its own runner', async () => {
    one.connect(postSave, note('saved'), { sender: LogLine });
    const runner = one.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.commitTransaction();
    const line = Object.assign(new LogLine(), { text: 'by itself' });
    await runner.manager.save(line, { transaction: false });
    await runner.release();

    expect(ran).toEqual(['saved']);
    expect(await rows()).toBe(1);
  });

  it('runs its callbacks in the context in which they were registered', async () => {
    const tenant = new AsyncLocalStorage<string>();
    const runner = one.dataSource.createQueryRunner();
    await tenant.run('who registers', async () => {
      await runner.startTransaction();
      onCommit(() => void ran.push(String(tenant.getStore())), { manager: runner });
    });
    await tenant.run('who commits', async () => {
      await runner.commitTransaction();
      await runner.release();
    });

    expect(ran).toEqual(['who registers']);
  });
});
