/** A statement that begins, divides or ends a transaction, in PostgreSQL's words. */
export interface TransactionStatement {
  readonly verb: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollbackTo';
  /** Of the savepoint; empty for the others. */
  readonly savepoint: string;
}

const STATEMENT =
  /^\s*(?:(start\s+transaction|begin)|(commit|end)|(rollback|abort)(?:\s+(?:work|transaction))?(?:\s+to(?:\s+savepoint)?\s+("[^"]+"|\w+))?|savepoint\s+("[^"]+"|\w+)|release(?:\s+savepoint)?\s+("[^"]+"|\w+))(?=\s|;|$)/i;

/** Reads one SQL statement; undefined for everything that is not transaction control. */
export function readTransactionStatement(sql: string): TransactionStatement | undefined {
  const match = STATEMENT.exec(sql);
  if (!match) return undefined;
  const [, begin, commit, rollback, rollbackTo, savepoint, release] = match;
  if (begin) return { verb: 'begin', savepoint: '' };
  if (commit) return { verb: 'commit', savepoint: '' };
  if (rollbackTo) return { verb: 'rollbackTo', savepoint: identifier(rollbackTo) };
  if (rollback) return { verb: 'rollback', savepoint: '' };
  if (savepoint) return { verb: 'savepoint', savepoint: identifier(savepoint) };
  return { verb: 'release', savepoint: identifier(release ?? '') };
}

/** Unquoted names fold to lower case, as in PostgreSQL. */
function identifier(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase();
}
