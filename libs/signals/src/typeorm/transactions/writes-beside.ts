import type { DataSource, QueryRunner } from 'typeorm';
import { attachedSignals } from '../attached-signals.js';
import { writtenTables } from '../sql/written-sql.js';
import { ambient } from './ambient-store.js';
import { ambientTransaction, outsideTransactions } from './ambient-transaction.js';
import { transactionOf } from './runner-transaction.js';

/** What to do about a write beside the open transaction. */
export type WritesBesidePolicy = 'error' | 'warn' | 'allow';

/**
 * Thrown when something is about to be written beside the transaction that is open in the calling
 * context, mostly by a repository that was injected: it would be committed by itself, whatever becomes
 * of the transaction. Nothing has been written.
 */
export class WriteBesideTransactionError extends Error {
  override readonly name = 'WriteBesideTransactionError';

  constructor(write: string) {
    super(
      `${write} goes beside the transaction that is open here, and would be committed by itself. Write ` +
        'through the manager of the transaction: transactions.manager, the one that atomic() gives, or ' +
        'currentManager(dataSource), as in manager.getRepository(Entity). What is to stay whatever becomes of the transaction goes into ' +
        'besideTransaction(() => …).',
    );
  }
}

/**
 * Runs `work` as if no transaction were open here: what it writes is committed by itself, `onCommit` and
 * `send` find none. For what has to stay when the transaction rolls back, such as a failed sign-in. It
 * runs on another connection: do not write to rows that the transaction has changed, for which it would
 * wait as long as the transaction waits for it.
 *
 * @returns what `work` returns.
 */
export function besideTransaction<T>(work: () => T): T {
  return outsideTransactions(work);
}

/**
 * To be asked before a write on a connection of its own. Warns where that is the policy.
 *
 * @param queryRunner undefined where the write takes one from the pool.
 * @param write says what is about to be written, if anything; asked where it is beside the transaction.
 * @returns why it is refused.
 */
export function refusalBeside(
  dataSource: DataSource,
  queryRunner: QueryRunner | undefined,
  write: () => string | undefined,
): WriteBesideTransactionError | undefined {
  if (!ambient().scope) return undefined;
  const open = ambientTransaction((each) => each.dataSource === dataSource && each.isOpen);
  if (!open || open.manager.queryRunner === queryRunner) return undefined;
  if (queryRunner && transactionOf(queryRunner)?.isOpen) return undefined;
  const policy = policyOf(dataSource);
  const subject = policy === 'allow' ? undefined : write();
  if (subject === undefined) return undefined;
  const refusal = new WriteBesideTransactionError(subject);
  if (policy === 'error') return refusal;
  process.emitWarning(refusal.message, 'SignalsWarning');
  return undefined;
}

/** Of a statement that is sent by itself; undefined for one that only reads. */
export function writeOf(sql: string): string | undefined {
  const [written] = writtenTables(sql);
  return written && `${written.verb.toUpperCase()} of '${written.table}'`;
}

/** Of a call that carries instances. */
export function writeOfInstances(call: string, origin: unknown): string {
  const first: unknown = Array.isArray(origin) ? origin[0] : origin;
  const name = typeof first === 'object' && first !== null ? first.constructor?.name : undefined;
  return `${call}() of ${name === undefined || name === 'Object' ? 'an entity' : name}`;
}

/** By strictness. */
const POLICIES = ['error', 'warn', 'allow'] as const;

/** Where several applications share the data source, the strictest: nobody knows whose code is calling. */
function policyOf(dataSource: DataSource): WritesBesidePolicy {
  const asked = attachedSignals(dataSource).map(({ writesBeside = 'error' }) => writesBeside);
  return POLICIES.find((policy) => asked.includes(policy)) ?? 'error';
}
