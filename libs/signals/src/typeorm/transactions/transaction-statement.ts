import { nameIn, statementTokensOf, wordIn, type SqlToken } from '../sql/sql-text.js';

/** A statement that begins, divides or ends a transaction, in PostgreSQL's words. */
export interface TransactionStatement {
  readonly verb:
    'begin' | 'commit' | 'prepare' | 'rollback' | 'savepoint' | 'release' | 'rollbackTo';
  /** Of the savepoint; empty for the others. */
  readonly savepoint: string;
  /** Says AND CHAIN: the next transaction begins with the end of this one. */
  readonly chains?: boolean;
}

/** One of the statements of a text; undefined: it is not transaction control. */
export type MaybeTransactionStatement = TransactionStatement | undefined;

const VERBS = String.raw`(?:begin|start|commit|end|prepare|rollback|abort|savepoint|release)\b`;

/** Tells nearly every other single statement by how it begins. */
const CANDIDATE = new RegExp(String.raw`^\s*(?:--|\/\*|${VERBS})`, 'i');

/** … and nearly every other text of several statements. */
const NAMED_SOMEWHERE = new RegExp(String.raw`\b${VERBS}`, 'i');

/** As TypeORM and most people write them, so that nearly none has to be taken apart. */
const PLAIN: ReadonlyMap<string, readonly TransactionStatement[]> = new Map([
  ['START TRANSACTION', [{ verb: 'begin', savepoint: '' }]],
  ['COMMIT', [{ verb: 'commit', savepoint: '' }]],
  ['ROLLBACK', [{ verb: 'rollback', savepoint: '' }]],
]);

/**
 * Whether a backslash may hide the end of a literal, as it does where `standard_conforming_strings` is
 * off: then only what is answered tells which statements the text has.
 */
export function isAmbiguous(sql: string): boolean {
  return sql.includes(';') && sql.includes('\\') && sql.includes("'");
}

/**
 * The statements of a text; undefined when none of them is transaction control, or may be.
 *
 * @param escapes as in `tokensOf`.
 */
export function readTransactionControl(
  sql: string,
  escapes = false,
): readonly MaybeTransactionStatement[] | undefined {
  const isCandidate = sql.includes(';') ? NAMED_SOMEWHERE.test(sql) : CANDIDATE.test(sql);
  if (!isCandidate) return undefined;
  const plain = PLAIN.get(sql);
  if (plain) return plain;
  const statements = statementTokensOf(sql, escapes).map(readStatement);
  return statements.some(Boolean) || isAmbiguous(sql) ? statements : undefined;
}

/** What PostgreSQL calls a statement that it has executed. */
const ANSWERS: Readonly<Record<TransactionStatement['verb'], readonly string[]>> = {
  begin: ['BEGIN', 'START'],
  commit: ['COMMIT', 'ROLLBACK'],
  prepare: ['PREPARE', 'ROLLBACK'],
  rollback: ['ROLLBACK'],
  rollbackTo: ['ROLLBACK'],
  savepoint: ['SAVEPOINT'],
  release: ['RELEASE'],
};

/** No other statement of a text of several is answered so: PREPARE has another meaning, too. */
const CONTROL_ALONE: ReadonlySet<string> = new Set([
  'BEGIN',
  'START',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT',
  'RELEASE',
]);

/** Whether the first word of an answer can be that to the statement, so that it was read rightly. */
export function isAnsweredBy(
  statement: MaybeTransactionStatement,
  command: string | undefined,
): boolean {
  if (command === undefined) return true;
  return statement ? ANSWERS[statement.verb].includes(command) : !CONTROL_ALONE.has(command);
}

/** Reads the first statement of a text; undefined for everything that is not transaction control. */
export function readTransactionStatement(sql: string): MaybeTransactionStatement {
  return readTransactionControl(sql)?.[0];
}

function readStatement(tokens: readonly SqlToken[]): MaybeTransactionStatement {
  const [first, second, third] = tokens;
  switch (wordIn(first)) {
    case 'begin':
      return { verb: 'begin', savepoint: '' };
    case 'start':
      return wordIn(second) === 'transaction' ? { verb: 'begin', savepoint: '' } : undefined;
    case 'prepare':
      return wordIn(second) === 'transaction' && third?.kind === 'text'
        ? { verb: 'prepare', savepoint: '' }
        : undefined;
    case 'commit':
    case 'end':
      return readEnd('commit', tokens.slice(1));
    case 'rollback':
      return readEnd('rollback', tokens.slice(1));
    case 'abort':
      return abortOnly(readEnd('rollback', tokens.slice(1)));
    case 'savepoint':
      return named('savepoint', tokens.slice(1));
    case 'release':
      return named('release', afterSavepoint(tokens.slice(1)));
    default:
      return undefined;
  }
}

function readEnd(
  verb: 'commit' | 'rollback',
  tokens: readonly SqlToken[],
): MaybeTransactionStatement {
  const rest = withoutNoise(tokens);
  const [first, second] = rest;
  if (wordIn(first) === 'prepared') return undefined;
  if (verb === 'rollback' && wordIn(first) === 'to') {
    return named('rollbackTo', afterSavepoint(rest.slice(1)));
  }
  return { verb, savepoint: '', chains: wordIn(first) === 'and' && wordIn(second) === 'chain' };
}

/** ABORT knows no savepoints. */
function abortOnly(end: MaybeTransactionStatement): MaybeTransactionStatement {
  return end?.verb === 'rollback' ? end : undefined;
}

/** WORK and TRANSACTION say nothing. */
function withoutNoise(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const word = wordIn(tokens[0]);
  return word === 'work' || word === 'transaction' ? tokens.slice(1) : tokens;
}

/** The word SAVEPOINT may be left out, and may be the name of one. */
function afterSavepoint(tokens: readonly SqlToken[]): readonly SqlToken[] {
  return wordIn(tokens[0]) === 'savepoint' && tokens.length > 1 ? tokens.slice(1) : tokens;
}

function named(
  verb: TransactionStatement['verb'],
  [token, uescape, escape]: readonly SqlToken[],
): MaybeTransactionStatement {
  const savepoint = nameIn(token, wordIn(uescape) === 'uescape' ? escape?.text.at(-2) : undefined);
  return savepoint === undefined ? undefined : { verb, savepoint };
}
