import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { scopeOf, type TransactionScope } from './ambient-transaction.js';
import { ambient, surrounded, type Ambient } from './ambient.js';
import { dataSourceOf } from './compatibility.js';
import { describeOperation, INSTANCE_OPERATIONS, undoneOnFailure } from './instance-operation.js';
import { callbacksOf } from './runner-callbacks.js';
import { transactionOf, type RunnerTransaction } from './runner-transaction.js';
import { TransactionAbortedError } from './transaction-aborted.error.js';

type Call = (this: EntityManager, ...args: unknown[]) => Promise<unknown>;
type Calls = Record<(typeof INSTANCE_OPERATIONS)[number] | 'transaction', Call>;

const instrumented = new WeakSet<object>();

/**
 * Wraps the calls of entity managers, for two things that TypeORM's events do not tell: that an
 * event belongs to a call which carries instances, and which call encloses a transaction, so that it
 * is the ambient one in there, and callbacks may take a connection from the pool afterwards. Done
 * once in a process, on the prototype; the managers of data sources that are not watched do as
 * before.
 */
export function instrumentManagers(
  { manager }: DataSource,
  isWatched: (dataSource: DataSource) => boolean,
): void {
  const prototype = Object.getPrototypeOf(manager) as Calls;
  if (instrumented.has(prototype)) return;
  instrumented.add(prototype);
  for (const name of INSTANCE_OPERATIONS) {
    const call = prototype[name];
    prototype[name] = function operate(...args) {
      if (!isWatched(dataSourceOf(this))) return call.apply(this, args);
      const operation = describeOperation(name, args);
      const calling = () => call.apply(this, args);
      const operating = name === 'save' ? calling : () => undoneOnFailure(operation, calling);
      return enclosing(this, operating, { operation });
    };
  }
  const { transaction } = prototype;
  prototype.transaction = function transact(...args) {
    const transacting = () => transaction.apply(this, args);
    return isWatched(dataSourceOf(this)) ? enclosing(this, transacting, {}) : transacting();
  };
}

function enclosing(
  { queryRunner }: EntityManager,
  call: () => Promise<unknown>,
  by: Partial<Ambient>,
): Promise<unknown> {
  return queryRunner
    ? surrounded({ ...by, scope: scopeOn(queryRunner) }, call)
    : owningTransaction(call, by);
}

/** The scope of a call on a query runner that somebody else holds. */
function scopeOn(queryRunner: QueryRunner): TransactionScope {
  const innermost = ambient().scope;
  let scope = innermost;
  while (scope && !isOn(queryRunner, scope)) scope = scope.outer;
  if (scope) return scope === innermost ? scope : scopeOf(scope.transaction, false);
  const begun = transactionOf(queryRunner);
  return scopeOf(begun?.outcome === undefined ? begun : undefined, false);
}

function isOn({ manager }: QueryRunner, { transaction }: TransactionScope): boolean {
  return transaction?.manager === manager && transaction.isOpen;
}

/** Runs the callbacks of the transaction that the call opens, once the call has ended. */
async function owningTransaction(
  call: () => Promise<unknown>,
  by: Partial<Ambient>,
): Promise<unknown> {
  const scope = scopeOf(undefined, true);
  const transaction = () => scope.transaction as RunnerTransaction | undefined;
  try {
    const result = await surrounded({ ...by, scope }, call);
    if (transaction()?.outcome === 'rolledBack') throw TransactionAbortedError.byStatement();
    return result;
  } finally {
    await runCallbacks(transaction());
  }
}

async function runCallbacks(transaction: RunnerTransaction | undefined): Promise<void> {
  if (!transaction) return;
  // Not settled yet: the connection was lost, and with it the transaction.
  transaction.settle('rolledBack');
  // Of those that a chain of transactions began with.
  await callbacksOf(transaction.queryRunner).run();
  await transaction.runDue();
}
