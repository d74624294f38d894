import { describe, expect, it } from '@jest/globals';
import { onCommit } from 'nestjs-signals/typeorm';
import { PreparedInTestError, rolledBackTest } from 'nestjs-signals/testing';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('A transaction that is driven by statements in a rolledBackTest', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });
  const rows = () => one.dataSource.manager.count(LogLine);
  const texts = async () => (await one.dataSource.manager.find(LogLine)).map(({ text }) => text);

  it.each([
    ['COMMIT', ['first']],
    ['ROLLBACK', []],
  ])('goes on in a transaction of its own after %s AND CHAIN', async (end, kept) => {
    const log: string[] = [];
    const found = await rolledBackTest(one.dataSource, async () => {
      const runner = one.dataSource.createQueryRunner();
      await runner.query('BEGIN');
      await runner.manager.insert(LogLine, { text: 'first' });
      onCommit(() => void log.push('first'), { manager: runner.manager });
      await runner.query(`${end} AND CHAIN`);
      await runner.manager.insert(LogLine, { text: 'second' });
      onCommit(() => void log.push('second'), { manager: runner.manager });
      await runner.query('ROLLBACK');
      await runner.query('BEGIN READ ONLY');
      await runner.query(`${end} AND CHAIN`);
      await expect(runner.manager.insert(LogLine, { text: 'third' })).rejects.toThrow('read-only');
      await runner.query('ROLLBACK');
      await runner.release();
      return texts();
    });

    expect(found).toEqual(kept);
    expect(log).toEqual(kept);
    expect(await rows()).toBe(0);
  });

  it('refuses PREPARE TRANSACTION, of which the rest would outlive it, and goes on', async () => {
    const found = await rolledBackTest(one.dataSource, async () => {
      const runner = one.dataSource.createQueryRunner();
      await runner.query('BEGIN');
      await runner.manager.insert(LogLine, { text: 'first' });
      const preparing = runner.query("PREPARE TRANSACTION 'rolled-back-test'");
      await expect(preparing).rejects.toMatchObject({
        driverError: expect.any(PreparedInTestError),
      });
      await runner.query('COMMIT');
      await runner.release();
      return texts();
    });

    expect(found).toEqual(['first']);
    expect(await rows()).toBe(0);
  });
});
