/** A statement that begins, divides or ends a transaction, in PostgreSQL's words. */
export interface TransactionStatement {
  readonly verb:
    'begin' | 'commit' | 'prepare' | 'rollback' | 'savepoint' | 'release' | 'rollbackTo';
  /** Of the savepoint; empty for the others. */
  readonly savepoint: string;
  /** Says AND CHAIN: the next transaction begins with the end of this one. */
  readonly chains?: boolean;
}

/** Tells nearly every other statement by its first word. */
const CANDIDATE =
  /^\s*(?:--|\/\*|(?:begin|start|commit|end|prepare|rollback|abort|savepoint|release)\b)/i;

const NAME = String.raw`(?:\s+|(?="))("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{M}\p{N}_$]*)`;

const STATEMENT = new RegExp(
  String.raw`^\s*(?:(start\s+transaction|begin)` +
    String.raw`|((?:commit|end)(?!\s+prepared\b))` +
    String.raw`|(prepare\s+transaction)` +
    String.raw`|((?:rollback|abort)(?!(?:\s+(?:work|transaction))?\s+to\b|\s+prepared\b))` +
    String.raw`|rollback(?:\s+(?:work|transaction))?\s+to(?:\s+savepoint)?${NAME}` +
    String.raw`|savepoint${NAME}` +
    String.raw`|release(?:\s+savepoint)?${NAME})(?=\s|;|$)`,
  'iu',
);

const CHAIN = /\sand\s+chain\b/i;

/** As TypeORM and most people write them, so that nearly none has to be taken apart. */
const PLAIN: ReadonlyMap<string, TransactionStatement> = new Map([
  ['START TRANSACTION', { verb: 'begin', savepoint: '' }],
  ['COMMIT', { verb: 'commit', savepoint: '' }],
  ['ROLLBACK', { verb: 'rollback', savepoint: '' }],
]);

/** Reads one SQL statement; undefined for everything that is not transaction control. */
export function readTransactionStatement(sql: string): TransactionStatement | undefined {
  return CANDIDATE.test(sql) ? (PLAIN.get(sql) ?? takeApart(sql)) : undefined;
}

function takeApart(sql: string): TransactionStatement | undefined {
  const plain = withoutComments(sql);
  const match = STATEMENT.exec(plain);
  if (!match) return undefined;
  const [, begin, commit, prepare, rollback, rollbackTo, savepoint, release] = match;
  if (begin) return { verb: 'begin', savepoint: '' };
  if (commit) return { verb: 'commit', savepoint: '', chains: CHAIN.test(plain) };
  if (prepare) return { verb: 'prepare', savepoint: '' };
  if (rollback) return { verb: 'rollback', savepoint: '', chains: CHAIN.test(plain) };
  if (rollbackTo) return { verb: 'rollbackTo', savepoint: identifier(rollbackTo) };
  if (savepoint) return { verb: 'savepoint', savepoint: identifier(savepoint) };
  return { verb: 'release', savepoint: identifier(release ?? '') };
}

/** A comment that holds no other one, or a quoted name, which may look like one. */
const COMMENT_OR_NAME = /"(?:[^"]|"")*"|--[^\n\r]*|\/\*(?:(?!\/\*|\*\/)[^])*\*\//g;

/** Comments nest in PostgreSQL, so they are taken away from the innermost outwards. */
function withoutComments(sql: string): string {
  const stripped = sql.replace(COMMENT_OR_NAME, (text) => (text.startsWith('"') ? text : ' '));
  return stripped === sql ? sql : withoutComments(stripped);
}

/** Unquoted names fold to lower case, as in PostgreSQL. */
function identifier(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
