import type { EntityManager, QueryRunner } from 'typeorm';
import type {
  CallbackOptions,
  OutsideTransactionPolicy,
  TransactionCallback,
} from '../../core/index.js';
import { hostOf, runOutsideTransaction } from '../../integration/index.js';
import { allAttachedSignals, attachedSignals, type AttachedSignals } from '../attached-signals.js';
import { sinkOf } from './watch.js';
import { dataSourceOf } from '../internals.js';
import { findTransaction } from './find-transaction.js';
import { refuseTransactionOfOther } from './other-copies.js';
import { awaitInCallback } from './running-callback.js';

export interface OnCommitOptions extends CallbackOptions {
  /** Names the transaction; without it, that of the calling context is found. */
  readonly manager?: EntityManager | QueryRunner;
  /**
   * What to do when there is no transaction. Default: what the application says whose data source
   * the manager is of; without a manager, or where several applications share it, the strictest of
   * them, because nobody knows whose code is calling: `throw`, else `warn`, else `run`.
   */
  readonly outsideTransaction?: OutsideTransactionPolicy;
}

/**
 * Runs `callback` once, after the outermost transaction has really committed and its connection
 * went back to the pool, before whoever awaits the transaction goes on. It runs in the
 * `AsyncLocalStorage` context in which it was registered. No transaction is ambient then but one
 * that is still open around this one, of another data source or connection, whose `atomic` would
 * otherwise wait for a connection that its own caller holds.
 * Callbacks run one after the other in the order of registration; what one of them registers where
 * no transaction is open begins at once and is awaited before the next one. A callback is dropped
 * with the savepoint or transaction in which it was registered. A failure is reported, never
 * thrown: the work is committed (Django: `transaction.on_commit` with `robust=True`).
 *
 * Of a query runner that is driven by hand the callbacks run when it is released, or soon after the
 * COMMIT where it is not: `release()` waits for them, nothing else does.
 * Not durable: a crash between COMMIT and callback loses the callback.
 *
 * @throws TransactionEndedError when the transaction has ended that is named, or that the calling
 * context is in; NoTransactionError under the policy `throw`; TypeError when `callback` is no function.
 */
export function onCommit(callback: TransactionCallback, options: OnCommitOptions = {}): void {
  const transaction = findTransaction(options.manager);
  if (transaction) {
    transaction.onCommit(callback, options);
    return;
  }
  if (typeof callback !== 'function') throw new TypeError('onCommit takes a function.');
  refuseTransactionOfOther(options.manager && dataSourceOf(options.manager));
  const attached = attachedTo(options.manager);
  const policy = options.outsideTransaction ?? strictestOf(attached);
  const what = 'An onCommit callback';
  const run = attached.reduce((work, { signals }) => hostOf(signals).tracked(work, what), callback);
  awaitInCallback(runOutsideTransaction(run, what, policy, sinkOf(attached), attached[0]?.signals));
}

/** The applications of a named data source, or else, where it has none, all of the process. */
function attachedTo(named: EntityManager | QueryRunner | undefined): readonly AttachedSignals[] {
  const attached = named ? attachedSignals(dataSourceOf(named)) : [];
  return attached.length > 0 ? attached : allAttachedSignals();
}

/** By strictness. */
const POLICIES = ['throw', 'warn', 'run'] as const;

function strictestOf(attached: readonly AttachedSignals[]): OutsideTransactionPolicy {
  const asked = attached.map(({ signals }) => hostOf(signals).outsideTransaction);
  return POLICIES.find((policy) => asked.includes(policy)) ?? 'run';
}

/**
 * Runs `callback` when the savepoint or transaction in which it was registered rolls back: once the
 * outermost transaction has ended, at the place where {@link onCommit} callbacks run. Without a
 * transaction nothing can roll back, and nothing is registered. Does not run when the process dies.
 *
 * @throws TransactionEndedError when the context's transaction has ended.
 */
export function onRollback(
  callback: TransactionCallback,
  options: Pick<OnCommitOptions, 'manager'> = {},
): void {
  const transaction = findTransaction(options.manager);
  if (transaction) return transaction.onRollback(callback);
  refuseTransactionOfOther(options.manager && dataSourceOf(options.manager));
}
