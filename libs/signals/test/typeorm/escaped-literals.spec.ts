import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { QueryRunner } from 'typeorm';
import { atomic, onCommit, onRollback } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

/** What a backslash makes of a literal depends on the session. */
const PIECES = [String.raw`\'`, String.raw`\\`, "''", ';', 'COMMIT', 'ROLLBACK', ' ', '--', 'a'];

const literal = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 5 })
  .map((pieces) => `SELECT '${pieces.join('')}'`);
const control = fc.constantFrom('COMMIT', 'ROLLBACK', 'SAVEPOINT s', 'SELECT 1 / 0');
const text = fc
  .array(fc.oneof({ weight: 2, arbitrary: literal }, { weight: 1, arbitrary: control }), {
    minLength: 2,
    maxLength: 4,
  })
  .map((parts) => parts.join('; '));

/** One name, in as many spellings as there are. */
const SPELLINGS: readonly string[] = [
  'data',
  'DATA',
  '"data"',
  String.raw`U&"data"`,
  String.raw`U&"d\0061ta"`,
  String.raw`u&"\+000064at\0061"`,
  `U&"d!0061ta" UESCAPE '!'`,
  `U&"d^0061t^+000061" /* to */ uescape '^'`,
];

describe('A savepoint whose name is written by its codes', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });

  it.each(SPELLINGS)('is the one that PostgreSQL rolls back to: %s', async (set) => {
    for (const named of SPELLINGS) {
      one.ran.length = 0;
      await atomic(one.dataSource, async (manager) => {
        onCommit(one.note('kept'));
        await manager.query(`SAVEPOINT ${set}`);
        onCommit(one.note('undone'));
        await manager.query('SAVEPOINT other');
        await manager.query(`ROLLBACK TO ${named}`);
      });

      expect(one.ran).toEqual(['kept']);
    }
  });
});

/** Texts whose COMMIT is one, or is in a literal. */
const READINGS = {
  on: [
    [String.raw`SELECT '\'; COMMIT; SELECT ''`, 'commit'],
    [String.raw`SELECT '\''; COMMIT; SELECT '`, 'rollback'],
  ],
  off: [
    [String.raw`SELECT '\''; COMMIT; SELECT ''`, 'commit'],
    [String.raw`SELECT '\'; COMMIT; SELECT '`, 'rollback'],
  ],
} as const;

describe.each(['on', 'off'] as const)('With standard_conforming_strings %s', (setting) => {
  const one = useDataSource([LogLine], { poolSize: 1 });

  /** What has become of a transaction after a text: that of PostgreSQL, and the callbacks that ran. */
  async function after(sql: string): Promise<{ isOpen: boolean; isStored: boolean }> {
    const runner = one.dataSource.createQueryRunner();
    await runner.query(`SET standard_conforming_strings = ${setting}`);
    try {
      await runner.startTransaction();
      await runner.manager.insert(LogLine, { text: 'written' });
      onCommit(one.note('commit'), { manager: runner });
      onRollback(one.note('rollback'), { manager: runner });
      await runner.query(sql).catch(() => {});
      return { isOpen: await isOpen(runner), isStored: await isStored(runner) };
    } finally {
      if (runner.isTransactionActive) await runner.query('ROLLBACK');
      await runner.query('RESET standard_conforming_strings');
      await runner.release();
    }
  }

  async function isOpen(runner: QueryRunner): Promise<boolean> {
    const sql = 'SELECT transaction_timestamp() <> statement_timestamp() AS "isOpen"';
    const [row] = (await runner.query(sql).catch(() => [{ isOpen: true }])) as {
      readonly isOpen: boolean;
    }[];
    return row?.isOpen ?? false;
  }

  async function isStored(runner: QueryRunner): Promise<boolean> {
    await runner.query('ROLLBACK');
    return (await runner.manager.count(LogLine)) > 0;
  }

  it('callbacks run for what has become of the transaction, or none of them does', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (sql) => {
        await one.dataSource.query('TRUNCATE log_lines');
        one.ran.length = 0;

        const { isStored: stored } = await after(sql);
        await new Promise(setImmediate);

        expect(stored ? ['commit', undefined] : ['rollback', undefined]).toContain(one.ran[0]);
        expect(one.ran.length).toBeLessThan(2);
      }),
      { numRuns: 150 },
    );
  });

  it.each(READINGS[setting])('a text is read as it is answered: %s', async (sql, ran) => {
    const { isOpen: open } = await after(sql);
    expect(open).toBe(ran === 'rollback');
    expect(one.ran).toEqual([ran]);
  });
});
