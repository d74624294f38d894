import { describe, expect, it } from '@jest/globals';
import { nameIn, statementsOf, tokensOf } from '../../src/typeorm/sql/sql-text.js';

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
    ["E'one'';two'; SELECT 1", ["E'one'';two'", 'SELECT 1']],
    ["E'one'  \t\r\n\f\n 'two;\\''; SELECT 1", ["E'one'  \t\r\n\f\n 'two;\\''", 'SELECT 1']],
    ["E'one' 'two\\'; SELECT 1", ["E'one' 'two\\'", 'SELECT 1']],
    ["E'one'\n", ["E'one'"]],
    ['SELECT $ä1$;$ä$;$ä1$; SELECT 1', ['SELECT $ä1$;$ä$;$ä1$', 'SELECT 1']],
    ['SELECT $tag$ not closed; $tag; COMMIT', ['SELECT $tag$ not closed; $tag; COMMIT']],
    ['SELECT $$a$$$$;$$; SELECT $1;', ['SELECT $$a$$$$;$$', 'SELECT $1']],
    ['SELECT atomic; COMMIT', ['SELECT atomic', 'COMMIT']],
    ['SELECT 1 AS case; COMMIT', ['SELECT 1 AS case', 'COMMIT']],
    ['END; COMMIT', ['END', 'COMMIT']],
    ['SELECT ); COMMIT', ['SELECT )', 'COMMIT']],
  ])('is taken apart as PostgreSQL does it: %j', (sql, statements) => {
    expect(statementsOf(sql)).toEqual(statements);
  });

  it.each([
    ['a \t\n\r\f\vb', 'word a, word b'],
    ['1234.5e3+x1', 'symbol 1234.5e3, symbol +, word x1'],
    [`'a'"b"E'c'e'd'`, `text 'a', name "b", text E'c', text e'd'`],
    ["ae'b'", "word ae, text 'b'"],
    ['$$a$$ $x$b$x$ $1', 'text $$a$$, text $x$b$x$, symbol $, symbol 1'],
    ['$x$not closed', 'text $x$not closed'],
    ['"say ""hi"""', 'name "say ""hi"""'],
    ['"not closed', 'name "not closed'],
    ["E'not closed\\'", "text E'not closed\\'"],
    ['a-- b\r-c', 'word a, symbol -, word c'],
    ['ä$1_b', 'word ä$1_b'],
  ])('has the tokens that PostgreSQL reads in it: %j', (sql, tokens) => {
    expect(
      tokensOf(sql)
        .map(({ kind, text }) => `${kind} ${text}`)
        .join(', '),
    ).toBe(tokens);
  });

  it.each([
    ['Mixed', 'mixed'],
    ['ÄB', 'Äb'],
    ['"Mixed ""x"""', 'Mixed "x"'],
    ['""', undefined],
    ["'text'", undefined],
    ['1', undefined],
    ['', undefined],
    ['x'.repeat(63), 'x'.repeat(63)],
    ['x'.repeat(70), 'x'.repeat(63)],
    [`${'x'.repeat(62)}ä`, 'x'.repeat(62)],
    [`"${'x'.repeat(61)}äy"`, `${'x'.repeat(61)}ä`],
  ])('names what PostgreSQL takes it for, by its first 63 bytes: %j', (sql, name) => {
    expect(nameIn(tokensOf(sql)[0])).toBe(name);
  });
});
