import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atomic, onCommit, onRollback } from 'nestjs-signals/typeorm';
import { statementsOf } from '../../src/typeorm/sql/sql-text.js';
import { writtenParts, writtenTables } from '../../src/typeorm/sql/written-sql.js';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

/** What may look like the end of a statement, or hide one. */
const MARKS = [';', "'", '"', '$', '$$', '--', '/*', '*/', '\\', '\n', 'E', 'e', ' ', '(', ')'];
const MORE = ['COMMIT', 'ROLLBACK', 'BEGIN', 'end', 'a', '1', '$1', 'ä', '-', '/', '*'];

const inside = fc
  .array(fc.constantFrom(...MARKS, ...MORE), { maxLength: 8 })
  .map((parts) => parts.join(''));

const literal = inside.map((text) => `'${text.replaceAll("'", "''")}'`);
const escaped = inside.map(
  (text) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`,
);
const dollars = inside
  .filter((text) => !text.includes('$q$') && !text.endsWith('$'))
  .map((text) => `$q$${text}$q$`);
const bare = inside.filter((text) => !text.includes('$')).map((text) => `$$${text}$$`);
const comment = inside
  .filter((text) => !/\/\*|\*\//.test(text) && !/[*/]$/.test(text) && !/^[*/]/.test(text))
  .map((text) => `/* ${text} /* nested ; */ */`);
const lineComment = inside.map((text) => `-- ${text.replaceAll('\n', ' ')}\n`);
const name = inside.map((text) => `"${text.replaceAll('"', '""')}x"`);

const blank = fc.oneof(fc.constant(' '), fc.constant('\n'), comment, lineComment);
const value = fc.oneof(literal, escaped, dollars, bare);
const select = fc
  .tuple(blank, value, blank, name, blank)
  .map(([one, what, two, called, three]) => `SELECT${one} ${what} ${two}AS ${called}${three}`);
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: select }, { weight: 1, arbitrary: blank }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(';'));

describe('A text of SQL', () => {
  const one = useDataSource([LogLine], { poolSize: 1 });

  it('has the statements that PostgreSQL executes', async () => {
    await atomic(one.dataSource, async ({ queryRunner }) => {
      const client = (await queryRunner?.connect()) as {
        query(sql: string): Promise<{ readonly command: string | null } | readonly unknown[]>;
      };
      await fc.assert(
        fc.asyncProperty(text, async (sql) => {
          const answered = await client.query(sql);
          const executed = Array.isArray(answered)
            ? answered.length
            : Number((answered as { readonly command: string | null }).command !== null);
          expect(statementsOf(sql)).toHaveLength(executed);
        }),
        { numRuns: 500 },
      );
    });
  });

  it('leaves the transaction as PostgreSQL leaves it, whatever stands around its control', async () => {
    const control = fc.constantFrom(
      ['SAVEPOINT a'],
      ['SAVEPOINT a', 'ROLLBACK TO a'],
      ['SAVEPOINT "a;"', 'RELEASE "a;"'],
      [String.raw`SAVEPOINT U&"\0061;\+000062"`, 'ROLLBACK TO "a;b"'],
    );
    const texts = fc
      .tuple(select, control, select)
      .map(([before, between, after]) => [before, ...between, after].join(';'));
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (sql, fails) => {
        one.ran.length = 0;
        const outcome = await atomic(one.dataSource, async (manager) => {
          onCommit(one.note('commit'));
          onRollback(one.note('rollback'));
          await manager.query(sql);
          if (fails) throw new Error('no');
        }).catch((error: Error) => error.message);

        expect([outcome, ...one.ran]).toEqual(fails ? ['no', 'rollback'] : [undefined, 'commit']);
      }),
      { numRuns: 100 },
    );
  });
});

describe('Of a statement that writes', () => {
  it.each([
    ['UPDATE "t" SET "a" = $1 WHERE "b" = $2', '"b" = $2'],
    ['UPDATE "t" SET "a" = (SELECT 1 FROM u WHERE c) WHERE d = 1', 'd = 1'],
    ['UPDATE "t" SET "a" = (SELECT 1 FROM u WHERE c)', undefined],
    [`UPDATE t SET a = 'where' WHERE b = ' RETURNING x' RETURNING *`, "b = ' RETURNING x'"],
    ['DELETE FROM t WHERE id IN (SELECT id FROM u WHERE v RETURNING w)', expect.any(String)],
    ['DELETE FROM t', undefined],
    ['UPDATE "where" SET "where" = 1', undefined],
    ['INSERT INTO t VALUES (1) ON CONFLICT (a) WHERE b DO UPDATE SET c = 1 WHERE d', undefined],
  ])('the criteria are known: %s', (sql, criteria) => {
    expect(writtenParts(sql).criteria).toEqual(criteria);
  });

  it.each([
    ['INSERT INTO orders VALUES (1)', ['insert orders']],
    ['/* why */ UPDATE ONLY Orders SET a = 1', ['update orders']],
    ['delete from "shop"."Orders" where true', ['delete shop.Orders']],
    ['SELECT 1; UPDATE a SET b = 1; DELETE FROM c', ['update a', 'delete c']],
    [
      'WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone',
      ['delete a', 'insert b'],
    ],
    ["SELECT 'UPDATE a SET b = 1'", []],
    ['SELECT * FROM a FOR UPDATE', []],
    ['INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET b = 1', ['insert a']],
  ])('the tables are known: %s', (sql, tables) => {
    expect(writtenTables(sql).map(({ verb, table }) => `${verb} ${table}`)).toEqual(tables);
  });
});
