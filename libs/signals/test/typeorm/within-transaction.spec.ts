import { describe, expect, it } from '@jest/globals';
import { defineSignal, TransactionEndedError } from 'nestjs-signals/core';
import {
  atomic,
  currentManager,
  NotInTransactionError,
  onCommit,
  withinTransaction,
} from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

const paid = defineSignal<object>('within.paid');

describe('A transaction that is driven by hand', () => {
  const one = useDataSource([LogLine], { poolSize: 2 });
  const { ran, note } = one;
  const rows = () => one.dataSource.manager.count(LogLine);

  it('is found inside withinTransaction, by all that looks for one', async () => {
    one.connect(paid, note('mail'), { phase: 'afterCommit' });
    const runner = one.dataSource.createQueryRunner();
    await runner.startTransaction();
    await withinTransaction(runner, async () => {
      expect(currentManager(one.dataSource)).toBe(runner.manager);
      await one.signals.send(paid, {});
      await atomic(one.dataSource, async (manager) => {
        await manager.insert(LogLine, { text: 'undone' });
        onCommit(note('undone'));
        throw new Error('inner');
      }).catch(() => {});
      onCommit(note('commit'));
    });
    await runner.commitTransaction();
    await runner.release();

    expect(ran).toEqual(['mail', 'commit']);
    expect(await rows()).toBe(0);
  });

  it('that a statement began takes atomic for a savepoint too', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.query('BEGIN');
    await withinTransaction(runner, async () => {
      await atomic(one.dataSource, async (manager) => {
        await manager.insert(LogLine, { text: 'undone' });
        onCommit(note('undone'));
        throw new Error('inner');
      }).catch(() => {});
      await atomic(one.dataSource, (manager) => manager.insert(LogLine, { text: 'kept' }));
      onCommit(note('commit'));
      expect(ran).toEqual([]);
    });
    await runner.query('COMMIT');
    await runner.release();

    expect(ran).toEqual(['commit']);
    expect(await rows()).toBe(1);
  });

  it('has to be begun before withinTransaction, and not be over', async () => {
    const runner = one.dataSource.createQueryRunner();
    expect(() => withinTransaction(runner, () => {})).toThrow(NotInTransactionError);
    expect(() => withinTransaction(one.dataSource.manager, () => {})).toThrow(
      /^withinTransaction was given a manager or query runner that is in no transaction\. Begin one/,
    );
    await runner.startTransaction();
    await runner.rollbackTransaction();
    expect(() => withinTransaction(runner, () => {})).toThrow(TransactionEndedError);
    await runner.release();
  });

  it('is ambient in the work of manager.transaction on its runner', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.manager.transaction(async (manager) => {
      onCommit(note('outermost'));
      await manager.transaction(async () => onCommit(note('savepoint')));
    });
    await runner.release();

    expect(ran).toEqual(['outermost', 'savepoint']);
  });
});
