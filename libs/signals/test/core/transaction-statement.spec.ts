import { describe, expect, it } from '@jest/globals';
import {
  isAnsweredBy,
  readTransactionControl,
  readTransactionStatement,
} from '../../src/typeorm/transactions/transaction-statement.js';

const read = (sql: string) => {
  const statement = readTransactionStatement(sql);
  return statement && `${statement.verb} ${statement.savepoint}`.trimEnd();
};

describe('A statement is read as', () => {
  it.each([
    'BEGIN',
    'begin;',
    'BEGIN WORK',
    'BEGIN TRANSACTION',
    'BEGIN ISOLATION LEVEL SERIALIZABLE',
    'BEGIN TRANSACTION READ ONLY, DEFERRABLE',
    'START TRANSACTION',
    'start\n  transaction isolation level repeatable read',
    '  \t\nBEGIN  ;  ',
  ])('a beginning: %j', (sql) => {
    expect(read(sql)).toBe('begin');
  });

  it.each([
    'COMMIT',
    'commit;',
    'COMMIT WORK',
    'COMMIT TRANSACTION',
    'COMMIT AND CHAIN',
    'COMMIT WORK AND NO CHAIN',
    'END',
    'END TRANSACTION',
    'END WORK AND CHAIN;',
  ])('a commit: %j', (sql) => {
    expect(read(sql)).toBe('commit');
  });

  it.each([
    'ROLLBACK',
    'rollback ;',
    'ROLLBACK WORK',
    'ROLLBACK TRANSACTION',
    'ROLLBACK AND CHAIN',
    'ROLLBACK TRANSACTION AND NO CHAIN',
    'ABORT',
    'ABORT WORK',
    'ABORT TRANSACTION AND CHAIN',
  ])('a rollback: %j', (sql) => {
    expect(read(sql)).toBe('rollback');
  });

  it.each(["PREPARE TRANSACTION 'x'", '/**/ prepare\ttransaction $$x$$'])(
    'a preparation for a two-phase commit: %j',
    (sql) => {
      expect(read(sql)).toBe('prepare');
    },
  );

  it.each([
    ['SAVEPOINT x', 'savepoint x'],
    ['savepoint typeorm_1;', 'savepoint typeorm_1'],
    ['ROLLBACK TO x', 'rollbackTo x'],
    ['ROLLBACK TO SAVEPOINT x', 'rollbackTo x'],
    ['ROLLBACK WORK TO x', 'rollbackTo x'],
    ['ROLLBACK TRANSACTION TO SAVEPOINT x;', 'rollbackTo x'],
    ['RELEASE x', 'release x'],
    ['RELEASE SAVEPOINT x', 'release x'],
    ['SAVEPOINT savepoint', 'savepoint savepoint'],
    ['ROLLBACK TO savepoint', 'rollbackTo savepoint'],
    ['RELEASE savepoint', 'release savepoint'],
    ['ROLLBACK TO "to"', 'rollbackTo to'],
  ])('one of a savepoint: %j', (sql, expected) => {
    expect(read(sql)).toBe(expected);
  });

  it.each([
    ['SAVEPOINT Mixed', 'savepoint mixed'],
    ['SAVEPOINT "Quoted"', 'savepoint Quoted'],
    ['ROLLBACK TO SAVEPOINT "Quoted"', 'rollbackTo Quoted'],
    ['RELEASE "with space"', 'release with space'],
    ['SAVEPOINT"tight";', 'savepoint tight'],
    ['SAVEPOINT "say ""hi"""', 'savepoint say "hi"'],
    ['ROLLBACK TO "say ""hi"""', 'rollbackTo say "hi"'],
    ['SAVEPOINT "no -- comment"', 'savepoint no -- comment'],
    ['ROLLBACK TO "no /* comment */"', 'rollbackTo no /* comment */'],
    ['SAVEPOINT café_au_lait', 'savepoint café_au_lait'],
    ['ROLLBACK TO price$1', 'rollbackTo price$1'],
    ['RELEASE _x', 'release _x'],
    [String.raw`SAVEPOINT U&"d\0061t\+000061"`, 'savepoint data'],
    [String.raw`ROLLBACK TO SAVEPOINT u&"\0061\\b"`, String.raw`rollbackTo a\b`],
    [String.raw`RELEASE U&"\D83D\DE00 ""x"""`, 'release 😀 "x"'],
    [`SAVEPOINT U&"d!0061t!+000061!!" UESCAPE '!'`, 'savepoint data!'],
    [`ROLLBACK TO U&"^0061" /* by */ uescape '^'`, 'rollbackTo a'],
    [String.raw`RELEASE SAVEPOINT U&"z0061zz\0061" UESCAPE 'z';`, String.raw`release az\0061`],
  ])('one of a savepoint with an unusual name: %j', (sql, expected) => {
    expect(read(sql)).toBe(expected);
  });

  it.each([
    ['-- why\nCOMMIT', 'commit'],
    ['-- why\r\n-- twice\nBEGIN', 'begin'],
    ['/* why */ ROLLBACK', 'rollback'],
    ['/**/COMMIT/**/', 'commit'],
    ['/* one *//* two */ -- three\n ROLLBACK /* to what? */ TO /* this */ x', 'rollbackTo x'],
    ['/* outer /* inner */ still outer */ COMMIT', 'commit'],
    ['/* ** / * */SAVEPOINT x', 'savepoint x'],
    ["COMMIT /*traceparent='00-0af7'*/", 'commit'],
    ['SAVEPOINT x--why', 'savepoint x'],
    ['START/* why */TRANSACTION', 'begin'],
  ])('the same with comments: %j', (sql, expected) => {
    expect(read(sql)).toBe(expected);
  });
});

describe('An end of a transaction begins the next one', () => {
  it.each([
    ['COMMIT AND CHAIN', true],
    ['END WORK AND CHAIN;', true],
    ['rollback transaction and\n chain', true],
    ['COMMIT/* why */AND/**/CHAIN', true],
    ['COMMIT AND NO CHAIN', false],
    ['COMMIT /* AND CHAIN */', false],
    ['ROLLBACK', undefined],
  ])('%j: %s', (sql, chains) => {
    expect(readTransactionStatement(sql)?.chains).toBe(chains);
  });
});

describe('A statement is not taken for transaction control', () => {
  it.each([
    '',
    ';',
    'COMMITTED',
    'commit_all()',
    "SELECT 'COMMIT'",
    'SELECT 1; COMMIT',
    'savepoints',
    'SAVEPOINT',
    'SAVEPOINT 1',
    'SAVEPOINT ""',
    'RELEASE',
    'ROLLBACK TO',
    'ABORT TO x',
    'beginning',
    'START',
    'START TRANSACTIONS',
    'ENDING',
    'PREPARE statement AS SELECT 1',
    'PREPARE transactions AS SELECT 1',
    'PREPARE TRANSACTION',
    'PREPARE transaction AS SELECT 1',
    "PREPARE x 'y'",
    "ABORT PREPARED 'x'",
    "COMMIT PREPARED 'x'",
    "ROLLBACK PREPARED 'x'",
    "/* why */ commit /* this */ prepared 'x'",
    '-- COMMIT',
    '-- COMMIT\nSELECT 1',
    '/* COMMIT */ SELECT 1',
    '/* COMMIT',
    'DO $$ BEGIN COMMIT; END $$',
    'CREATE FUNCTION f() RETURNS void AS $$ BEGIN END $$ LANGUAGE plpgsql',
    'INSERT INTO "commit" VALUES (1)',
  ])('%j', (sql) => {
    expect(read(sql)).toBeUndefined();
  });

  it('however many comments stand in front of it', () => {
    const comments = '/* why */ -- and how\n'.repeat(5_000);

    expect(read(`${comments} SELECT 1`)).toBeUndefined();
    expect(read(`${comments} COMMIT`)).toBe('commit');
    expect(read(`${' '.repeat(100_000)}SELECT 1`)).toBeUndefined();
  });
});

describe('The transaction control in a text of several statements', () => {
  it.each([
    ['SELECT 1; COMMIT', [undefined, 'commit']],
    ["BEGIN; SELECT 'x'; ROLLBACK", ['begin', undefined, 'rollback']],
    ['COMMIT;', ['commit']],
    ['START TRANSACTION', ['begin']],
    ['SELECT 1; SELECT 2', undefined],
    ["SELECT 'one;'; SELECT 'COMMIT'", undefined],
    ['SELECT 1', undefined],
    [String.raw`SELECT '\'; COMMIT`, [undefined, 'commit']],
    [String.raw`SELECT '\'';COMMIT;'`, [undefined]],
    [String.raw`SELECT '\'`, undefined],
  ])('is found at its place, and only there: %j', (sql, verbs) => {
    expect(readTransactionControl(sql)?.map((statement) => statement?.verb)).toEqual(verbs);
  });
});

describe('An answer of PostgreSQL', () => {
  const answers = {
    BEGIN: ['BEGIN', 'START'],
    COMMIT: ['COMMIT', 'ROLLBACK'],
    "PREPARE TRANSACTION 'x'": ['PREPARE', 'ROLLBACK'],
    ROLLBACK: ['ROLLBACK'],
    'ROLLBACK TO x': ['ROLLBACK'],
    'SAVEPOINT x': ['SAVEPOINT'],
    'RELEASE x': ['RELEASE'],
  };

  it.each(Object.entries(answers))('tells whether it is that to %s', (sql, fitting) => {
    const statement = readTransactionStatement(sql);
    const all = [...new Set(Object.values(answers).flat()), 'SELECT', ''];

    expect(all.filter((command) => isAnsweredBy(statement, command)).toSorted()).toEqual(fitting);
    expect(isAnsweredBy(statement, undefined)).toBe(true);
  });

  it.each(['BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'])(
    'fits what is not transaction control, unless it is %s',
    (command) => {
      expect(isAnsweredBy(undefined, command)).toBe(false);
      expect(isAnsweredBy(undefined, 'SELECT')).toBe(true);
      expect(isAnsweredBy(undefined, 'PREPARE')).toBe(true);
      expect(isAnsweredBy(undefined, undefined)).toBe(true);
    },
  );
});
