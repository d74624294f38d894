import { describe, expect, it } from '@jest/globals';
import type { DataSource, EntityManager } from 'typeorm';
import { atomic, onCommit } from 'nestjs-signals/typeorm';
import {
  addUnfinished,
  removeUnfinished,
  unfinishedTransactions,
} from '../../src/typeorm/transactions/unfinished-transactions.js';
import { closedGate } from '../core/support.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';
import { adminOf } from 'nestjs-signals/core';

describe('A transaction that nobody will end any more', () => {
  const dataSource = {} as DataSource;
  const abandoned = () => ({
    what: 'abandoned',
    ended: Promise.resolve(),
    dataSource,
    manager: {} as EntityManager,
    isAbandoned: true,
  });
  /** How many of so many are still known. */
  const remaining = (count: number): number => {
    unfinishedTransactions([]);
    const added = Array.from({ length: count }, abandoned);
    for (const transaction of added) addUnfinished(transaction);
    for (const transaction of added) transaction.isAbandoned = false;
    const known = unfinishedTransactions([dataSource]).length;
    for (const transaction of added) removeUnfinished(transaction);
    return known;
  };

  it('is forgotten when there are many, although nobody asks what is under way', () => {
    expect(remaining(200)).toBeLessThan(100);
  });

  it('is not looked for each time that one begins', () => {
    expect(remaining(50)).toBe(50);
  });
});

describe('A transaction', () => {
  const one = useDataSource([LogLine]);
  const underWay = () =>
    adminOf(one.signals)
      .underWay()
      .map(({ what }) => what);

  it('is under way until the last of its callbacks has run', async () => {
    const [began, last, running, done] = [closedGate(), closedGate(), closedGate(), closedGate()];
    const work = atomic(one.dataSource, async () => {
      began.open();
      await last.opened;
      onCommit(async () => {
        running.open();
        await done.opened;
      });
    });
    let hasEnded = false;

    await began.opened;
    const [transaction] = adminOf(one.signals).underWay();
    const ended = transaction?.ended.then(() => (hasEnded = true));
    expect(underWay()).toEqual(['A transaction that is still open']);
    last.open();
    await running.opened;
    expect(underWay()).toEqual(['The callbacks of a transaction that was committed']);
    expect(hasEnded).toBe(false);
    done.open();
    await work;

    expect(underWay()).toEqual([]);
    await Promise.all([ended, transaction?.ended]);
  });

  it('that has ended is under way also for what it left behind', async () => {
    const [running, done] = [closedGate(), closedGate()];
    let seen = Promise.resolve<readonly string[]>([]);
    const work = atomic(one.dataSource, async () => {
      onCommit(async () => {
        running.open();
        await done.opened;
      });
      seen = running.opened.then(underWay);
    });

    await running.opened;
    expect(await seen).toEqual(['The callbacks of a transaction that was committed']);
    done.open();
    await work;
  });
});
