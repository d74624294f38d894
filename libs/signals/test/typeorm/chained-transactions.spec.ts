import { describe, expect, it } from '@jest/globals';
import { TransactionEndedError } from 'nestjs-signals/core';
import {
  atomic,
  onCommit,
  onRollback,
  PreparedTransactionError,
  TransactionAbortedError,
} from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('A transaction that begins with the end of another one', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;

  it('takes over from it: COMMIT AND CHAIN runs what waited, and the next COMMIT the rest', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('first'));
      await manager.query('COMMIT AND CHAIN');
      onCommit(note('second'));
    });

    expect(ran).toEqual(['first', 'second']);
  });

  it('takes over from it: ROLLBACK AND CHAIN drops what waited, and the rest commits', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      onRollback(note('rolled back'));
      await manager.insert(LogLine, { text: 'undone' });
      await manager.query('ROLLBACK AND CHAIN');
      onCommit(note('second'));
      await manager.insert(LogLine, { text: 'kept' });
    });

    expect(ran).toEqual(['rolled back', 'second']);
    const lines = await one.dataSource.manager.find(LogLine);
    expect(lines.map(({ text }) => text)).toEqual(['kept']);
  });

  it('is known on a query runner that is driven by statements', async () => {
    const queryRunner = one.dataSource.createQueryRunner();
    try {
      await queryRunner.query('BEGIN');
      onCommit(note('first'), { manager: queryRunner });
      await queryRunner.query('COMMIT AND CHAIN');
      onCommit(note('second'), { manager: queryRunner });
      await queryRunner.query('ROLLBACK');
    } finally {
      await queryRunner.release();
    }

    expect(ran).toEqual(['first']);
  });

  it('is open too after a swallowed error made ROLLBACK of it, of which the caller is told', async () => {
    await atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      await manager.query('SELECT 1 / 0').catch(() => {});
      await expect(manager.query('COMMIT AND CHAIN')).rejects.toThrow(TransactionAbortedError);
      onCommit(note('second'));
    });

    expect(ran).toEqual(['second']);
  });
});

describe('PREPARE TRANSACTION', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });
  const { ran, note } = one;

  it('is refused while callbacks wait, which it would lose, and the transaction rolls back', async () => {
    const name = `refused ${one.dataSource.driver.database}`;

    const refused = atomic(one.dataSource, async (manager) => {
      onCommit(note('never'));
      onRollback(note('rolled back'));
      await manager.query(`PREPARE TRANSACTION '${name}'`);
    });

    await expect(refused).rejects.toThrow(PreparedTransactionError);
    expect(ran).toEqual(['rolled back']);
  });

  it('ends the transaction for those who would register something after it', async () => {
    const name = `prepared ${one.dataSource.driver.database}`;

    const late = atomic(one.dataSource, async (manager) => {
      await manager.insert(LogLine, { text: 'prepared' });
      await manager.query(`PREPARE TRANSACTION '${name}'`);
      onCommit(note('late'));
    });

    await expect(late).rejects.toThrow(TransactionEndedError);
    await one.dataSource.query(`COMMIT PREPARED '${name}'`);
    expect(await one.dataSource.manager.count(LogLine)).toBe(1);
    expect(ran).toEqual([]);
  });
});
