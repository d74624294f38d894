import { describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { TransactionEndedError } from 'nestjs-signals/core';
import { onCommit, withinTransaction } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('onCommit finds transactions that were opened', () => {
  // A pool of one connection: whoever holds it while a callback asks for it hangs.
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;
  const rows = () => one.dataSource.manager.count(LogLine);
  const write = (manager: EntityManager) => manager.insert(LogLine, { text: 'line' });

  it('by dataSource.transaction', async () => {
    await one.dataSource.transaction(async (manager) => {
      await write(manager);
      onCommit(async () => void ran.push(`rows ${await rows()}`));
    });

    expect(ran).toEqual(['rows 1']);
  });

  it('by manager.transaction inside it, as a savepoint', async () => {
    await one.dataSource.transaction(async (manager) => {
      await manager
        .transaction(async () => {
          onCommit(note('inner'));
          throw new Error('inner');
        })
        .catch(() => {});
      onCommit(note('outer'));
    });

    expect(ran).toEqual(['outer']);
  });

  it('by a query runner that is driven by hand', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.startTransaction();
    onCommit(note('named'), { manager: runner.manager });
    await withinTransaction(runner, async () =>
      onCommit(async () => void ran.push(`rows ${await rows()}`)),
    );
    await write(runner.manager);
    await runner.startTransaction();
    onCommit(note('rolled back'), { manager: runner });
    await runner.rollbackTransaction();
    await runner.commitTransaction();
    await runner.release();

    expect(ran).toEqual(['named', 'rows 1']);
    const late = () => onCommit(note('late'), { manager: runner.manager });
    expect(late).toThrow(TransactionEndedError);
    expect(late).toThrow(/^The named manager belongs to a transaction that has already ended/);
  });

  it('by statements on a query runner', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.query('BEGIN');
    onCommit(note('committed'), { manager: runner });
    await runner.query('SAVEPOINT a; INSERT INTO log_lines (text) VALUES (1)');
    onCommit(note('undone'), { manager: runner });
    await runner.query('ROLLBACK TO a; RELEASE a');
    await runner.query('COMMIT');
    await runner.release();

    expect(ran).toEqual(['committed']);
  });

  it('by statements that cannot be told apart from others in one text', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.query('BEGIN');
    onCommit(note('undone'), { manager: runner });
    await runner.query(`INSERT INTO log_lines (text) VALUES ('a;b'); ROLLBACK`);
    await runner.query('BEGIN');
    onCommit(note('committed'), { manager: runner });
    await runner.query(`INSERT INTO log_lines (text) VALUES ('a;b'); COMMIT`);
    await runner.release();

    expect(ran).toEqual(['committed']);
    expect(await rows()).toBe(1);
  });

  it('by a statement, and shared by whoever opens one on the same runner', async () => {
    const runner = one.dataSource.createQueryRunner();
    await runner.query('BEGIN');
    onCommit(note('by statement'), { manager: runner });
    await runner.manager.transaction(async () => onCommit(note('by manager')));
    await runner.release();

    expect(ran).toEqual(['by statement', 'by manager']);
  });
});
