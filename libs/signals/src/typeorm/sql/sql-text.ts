/** What PostgreSQL's lexer makes of a text of SQL; white space and comments are none of it. */
export interface SqlToken {
  /** `name`: in double quotes. `text`: a literal, whatever its quotes. */
  readonly kind: 'word' | 'name' | 'text' | 'symbol';
  readonly text: string;
  /** Where it begins and ends in the whole. */
  readonly start: number;
  readonly end: number;
}

const BLANK = /[ \t\n\r\f\v]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
/** Everything beyond ASCII may be part of a word. */
const WORD = /[A-Za-z_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*/uy;
/** `U&"d\0061t"` */
const UNICODE = /^[uU]&["']/;
const CODE = String.raw`\+((?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})|([0-9a-fA-F]{4})`;
const NUMBER = /\d[\w.]*/y;
const TAG = /\$(?:[A-Za-z_\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*)?\$/uy;
/** A literal goes on in the next line, and keeps its rules. */
const CONTINUED = /[ \t\f\v]*[\n\r][ \t\n\r\f\v]*'/y;

/**
 * What is not closed goes on to the end of the text.
 *
 * @param escapes a backslash escapes in every literal, as where `standard_conforming_strings` is off.
 */
export function tokensOf(sql: string, escapes = false): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let start = 0; start < sql.length;) {
    const end = endOfBlank(sql, start);
    if (end > start) {
      start = end;
      continue;
    }
    const token = tokenAt(sql, start, escapes);
    tokens.push(token);
    start = token.end;
  }
  return tokens;
}

/** The statements of a text, each as its tokens without the semicolon; empty ones are left out. */
export function statementTokensOf(sql: string, escapes = false): readonly (readonly SqlToken[])[] {
  const statements: SqlToken[][] = [];
  let statement: SqlToken[] = [];
  let depth = 0;
  for (const token of tokensOf(sql, escapes)) {
    if (token.text === ';' && depth === 0) {
      statements.push(statement);
      statement = [];
    } else {
      statement.push(token);
      depth = Math.max(0, depth + step(token, statement, depth));
    }
  }
  return [...statements, statement].filter(({ length }) => length > 0);
}

/** Of a semicolon that ends no statement: in parentheses, and in the body of a function (BEGIN ATOMIC). */
function step(token: SqlToken, statement: readonly SqlToken[], depth: number): number {
  if (token.kind === 'symbol') return token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
  const word = wordIn(token);
  if (word === 'atomic') return wordIn(statement.at(-2)) === 'begin' ? 1 : 0;
  if (depth === 0) return 0;
  return word === 'case' ? 1 : word === 'end' ? -1 : 0;
}

/** The statements of a text, without what stands before and behind each of them. */
export function statementsOf(sql: string): readonly string[] {
  return statementTokensOf(sql).map((tokens) => sql.slice(tokens[0]?.start, tokens.at(-1)?.end));
}

/** The most that PostgreSQL keeps of a name, in bytes. */
const LONGEST_NAME = 63;

/**
 * The name that a token means; undefined for what names nothing.
 *
 * @param escape stands before the codes in a name that has some (UESCAPE).
 */
export function nameIn(token: SqlToken | undefined, escape = '\\'): string | undefined {
  if (token?.kind !== 'word' && token?.kind !== 'name') return undefined;
  const { kind, text } = token;
  const name =
    kind === 'name'
      ? quotedName(text, escape)
      : text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const bytes = Buffer.from(name);
  if (bytes.length <= LONGEST_NAME) return name || undefined;
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_NAME), { stream: true });
}

function quotedName(text: string, escape: string): string {
  const name = text.slice(text.indexOf('"') + 1, -1).replaceAll('""', '"');
  if (!UNICODE.test(text)) return name;
  const mark = escape.replace(/\W/, String.raw`\$&`);
  const codes = new RegExp(`${mark}(?:${mark}|${CODE})`, 'g');
  return name.replaceAll(codes, (_, long?: string, short?: string) => {
    const code = long ?? short;
    return code === undefined ? escape : String.fromCodePoint(parseInt(code, 16));
  });
}

/** An unquoted word in lower case; undefined for every other token. */
export function wordIn(token: SqlToken | undefined): string | undefined {
  return token?.kind === 'word' ? token.text.toLowerCase() : undefined;
}

function endOfBlank(sql: string, start: number): number {
  if (sql.startsWith('/*', start)) return endOfComment(sql, start);
  return endOf(BLANK, sql, start) ?? endOf(LINE_COMMENT, sql, start) ?? start;
}

function tokenAt(sql: string, start: number, escapes: boolean): SqlToken {
  const first = sql.charAt(start);
  if (first === "'") {
    return token('text', escapes ? endOfEscaped(sql, start) : endOfQuoted(sql, start, "'"));
  }
  if (first === '"') return token('name', endOfQuoted(sql, start, '"'));
  if (/[eE]/.test(first) && sql[start + 1] === "'")
    return token('text', endOfEscaped(sql, start + 1));
  if (UNICODE.test(sql.slice(start, start + 3))) {
    const quote = sql[start + 2] as string;
    return token(quote === '"' ? 'name' : 'text', endOfQuoted(sql, start + 2, quote));
  }
  const opened = first === '$' ? endOf(TAG, sql, start) : undefined;
  if (opened) {
    const tag = sql.slice(start, opened);
    const closed = sql.indexOf(tag, opened);
    return token('text', closed < 0 ? sql.length : closed + tag.length);
  }
  const word = endOf(WORD, sql, start);
  if (word) return token('word', word);
  return token('symbol', endOf(NUMBER, sql, start) ?? start + 1);

  function token(kind: SqlToken['kind'], end: number): SqlToken {
    return { kind, text: sql.slice(start, end), start, end };
  }
}

function endOf(pattern: RegExp, sql: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(sql) ? pattern.lastIndex : undefined;
}

/** Comments nest in PostgreSQL. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length;) {
    if (sql.startsWith('/*', at)) depth += 1;
    else if (sql.startsWith('*/', at)) depth -= 1;
    else {
      at += 1;
      continue;
    }
    at += 2;
    if (depth === 0) return at;
  }
  return sql.length;
}

/** A quote that is doubled is part of what it quotes. */
function endOfQuoted(sql: string, start: number, quote: string): number {
  for (let at = sql.indexOf(quote, start + 1); at >= 0; at = sql.indexOf(quote, at + 2)) {
    if (sql[at + 1] !== quote) return at + 1;
  }
  return sql.length;
}

/** A literal in which a backslash takes away the meaning of what follows, by its first quote. */
function endOfEscaped(sql: string, start: number): number {
  for (let at = start + 1; at < sql.length; at += 1) {
    if (sql[at] === '\\') at += 1;
    else if (sql[at] === "'" && sql[at + 1] === "'") at += 1;
    else if (sql[at] === "'") {
      const next = endOf(CONTINUED, sql, at + 1);
      if (!next) return at + 1;
      at = next - 1;
    }
  }
  return sql.length;
}
