import { cut, LONGEST_TEXT } from './text.js';

/** What is kept of a statement: the same object each time that it comes again. */
export interface KeptStatement {
  readonly text: string;
  /** Of its parameters; never their values. */
  readonly types: readonly string[];
  /** It begins or ends a transaction or a savepoint, which is told by a channel of its own. */
  readonly isTransactional: boolean;
}

const TRANSACTIONAL = /^\s*(?:START|BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|PREPARE)\b/i;
const MOST = 500;
const MOST_TYPES = 100;

/** An application sends the same statements over and over: of each, the text is kept once. */
export class Statements {
  /** By the length of their texts: to compare a text takes less than to hash it. */
  readonly #kept = new Map<number, KeptStatement[]>();
  #count = 0;

  of(sql: string, parameters: readonly unknown[]): KeptStatement {
    const alike = this.#kept.get(sql.length) ?? [];
    const index = alike.findIndex(({ text }) => text === sql);
    const kept = alike[index];
    if (kept && areTypesOf(parameters, kept.types)) return kept;
    const statement: KeptStatement = {
      text: kept?.text ?? cut(sql),
      types: parameters.slice(0, MOST_TYPES).map(typeOf),
      isTransactional: kept?.isTransactional ?? TRANSACTIONAL.test(sql),
    };
    if (kept) alike[index] = statement;
    else this.#keep(statement, sql.length);
    return statement;
  }

  #keep(statement: KeptStatement, length: number): void {
    if (length > LONGEST_TEXT || this.#count >= MOST) return;
    this.#count += 1;
    const alike = this.#kept.get(length);
    if (alike) alike.push(statement);
    else this.#kept.set(length, [statement]);
  }
}

function areTypesOf(parameters: readonly unknown[], types: readonly string[]): boolean {
  return (
    types.length === Math.min(parameters.length, MOST_TYPES) &&
    types.every((type, index) => type === typeOf(parameters[index]))
  );
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return 'date';
  return Array.isArray(value) ? 'array' : typeof value;
}
