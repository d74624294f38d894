import { cut } from './text.js';

/** What is kept of a statement: the same objects each time that it comes again. */
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
  readonly #kept = new Map<string, KeptStatement>();

  of(sql: string, parameters: readonly unknown[]): KeptStatement {
    const kept = this.#kept.get(sql);
    if (kept && areTypesOf(parameters, kept.types)) return kept;
    const statement: KeptStatement = {
      text: kept?.text ?? cut(sql),
      types: parameters.slice(0, MOST_TYPES).map(typeOf),
      isTransactional: kept?.isTransactional ?? TRANSACTIONAL.test(sql),
    };
    if (kept || this.#kept.size < MOST) this.#kept.set(sql, statement);
    return statement;
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
