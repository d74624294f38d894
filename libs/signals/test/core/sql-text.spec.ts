import { describe, expect, it } from '@jest/globals';
import { statementsOf } from '../../src/typeorm/sql-text.js';

describe('A text of SQL', () => {
  it.each([
    ["SELECT 'one;two'; SELECT 2", ["SELECT 'one;two'", 'SELECT 2']],
    ["like'x\\'; SELECT 1", ["like'x\\'", 'SELECT 1']],
    ["E'one\\';'\n'two\\';'; SELECT 1", ["E'one\\';'\n'two\\';'", 'SELECT 1']],
    ['SELECT a$b$; SELECT c$b$', ['SELECT a$b$', 'SELECT c$b$']],
    [
      'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); COMMIT',
      [expect.any(String), 'COMMIT'],
    ],
    [
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; COMMIT',
      [expect.any(String), 'COMMIT'],
    ],
    ["SELECT 'not closed; COMMIT", ["SELECT 'not closed; COMMIT"]],
    ['SELECT 1 /* not closed; COMMIT', ['SELECT 1']],
    [' ; /* nothing */ ; -- nothing', []],
  ])('is taken apart as PostgreSQL does it: %j', (sql, statements) => {
    expect(statementsOf(sql)).toEqual(statements);
  });
});
