import { nameIn, statementTokensOf, tokensOf, wordIn, type SqlToken } from './sql-text.js';

/** What a statement that writes says, beside what it wants to have returned. */
export interface WrittenParts {
  /** All before RETURNING. */
  readonly head: string;
  /** The WHERE clause of an update or delete, as it is written. */
  readonly criteria: string | undefined;
}

/** Takes one statement apart that TypeORM has built. */
export function writtenParts(sql: string): WrittenParts {
  const outer = outermost(tokensOf(sql));
  const end = outer.find((token) => wordIn(token) === 'returning')?.start ?? sql.length;
  const head = sql.slice(0, end).trimEnd();
  // Of an insert it would be that of its conflict.
  if (wordIn(outer[0]) === 'insert') return { head, criteria: undefined };
  const where = outer.find((token) => wordIn(token) === 'where');
  return { head, criteria: where && head.slice(where.end).trim() };
}

export interface WrittenTable {
  readonly verb: 'insert' | 'update' | 'delete';
  /** As PostgreSQL knows it, with its schema where the statement names that. */
  readonly table: string;
}

/** The tables that a text of SQL writes to by its own words: not by functions, rules and triggers. */
export function writtenTables(sql: string): readonly WrittenTable[] {
  return statementTokensOf(sql).flatMap((tokens) =>
    tokens.flatMap((_, index) => tableWrittenAt(tokens, index) ?? []),
  );
}

const OPENERS: Readonly<Record<WrittenTable['verb'], string | undefined>> = {
  insert: 'into',
  update: undefined,
  delete: 'from',
};

/** A write begins a statement, or the part of one that WITH names. */
function tableWrittenAt(tokens: readonly SqlToken[], index: number): WrittenTable | undefined {
  const before = tokens[index - 1]?.text ?? '(';
  const verb = wordIn(tokens[index]);
  if (!(verb === 'insert' || verb === 'update' || verb === 'delete')) return undefined;
  if (before !== '(' && before !== ')') return undefined;
  const words = [OPENERS[verb], 'only'];
  let at = index + 1;
  for (const word of words) if (word && wordIn(tokens[at]) === word) at += 1;
  const first = nameIn(tokens[at]);
  if (first === undefined || tokens[at + 1]?.text !== '.') {
    return first === undefined ? undefined : { verb, table: first };
  }
  const second = nameIn(tokens[at + 2]);
  return second === undefined ? undefined : { verb, table: `${first}.${second}` };
}

/** What stands in no parentheses. */
function outermost(tokens: readonly SqlToken[]): readonly SqlToken[] {
  let depth = 0;
  return tokens.filter(({ kind, text }) => {
    if (kind === 'symbol' && text === ')') depth -= 1;
    const isOutermost = depth === 0;
    if (kind === 'symbol' && text === '(') depth += 1;
    return isOutermost;
  });
}
