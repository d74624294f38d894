import { describe, expect, it } from '@jest/globals';
import { Statements } from '../src/recorder/statements.js';

describe('A statement that is recorded', () => {
  it('is kept once, with the types of its parameters', () => {
    const statements = new Statements();
    const sql = 'SELECT * FROM books WHERE id = $1 AND at < $2';

    const first = statements.of(sql, [1, new Date()]);

    expect(first).toEqual({ text: sql, types: ['number', 'date'], isTransactional: false });
    expect(statements.of(sql, [2, new Date()])).toBe(first);
    expect(statements.of(sql, [null, []]).types).toEqual(['null', 'array']);
    expect(statements.of(sql.replace('books', 'pages'), [1, 2]).text).toContain('pages');
  });

  it('is cut and not remembered where it is long', () => {
    const statements = new Statements();
    const long = `SELECT ${'x'.repeat(10_000)}`;

    const first = statements.of(long, []);

    expect(first.text).toHaveLength(4_096 + '… (10007 characters)'.length);
    expect(statements.of(long, [])).not.toBe(first);
  });

  it.each(['BEGIN', ' commit', 'ROLLBACK TO SAVEPOINT a', 'RELEASE SAVEPOINT a'])(
    'is known to belong to a transaction: %s',
    (sql) => {
      expect(new Statements().of(sql, []).isTransactional).toBe(true);
    },
  );
});
