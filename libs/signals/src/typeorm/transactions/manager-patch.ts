import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { scopeOf } from './ambient-transaction.js';
import {
  ambient,
  surrounded,
  type InstanceOperation,
  type TransactionScope,
} from './ambient-store.js';
import { dataSourceOf } from '../internals.js';
import {
  describeOperation,
  INSTANCE_OPERATIONS,
  undoneOnFailure,
} from '../models/instance-operation.js';
import type { OpenTransaction } from './open-transaction.js';
import { callbacksOf } from './runner-callbacks.js';
import { transactionOf, type RunnerTransaction } from './runner-transaction.js';
import { NestedTransaction, Savepoint } from './transaction-level.js';
import { TransactionAbortedError } from './transaction-aborted.error.js';
import { refuseUndone } from './statement-gate.js';
import { othersEnded, refuseLate, takeQueryRunner, TransactionCall } from './transaction-calls.js';
import {
  refusalBeside,
  writeOfInstances,
  type WriteBesideTransactionError,
} from './writes-beside.js';

type Call = (this: EntityManager, ...args: unknown[]) => Promise<unknown>;
type Calls = Record<(typeof INSTANCE_OPERATIONS)[number] | 'transaction', Call>;
type Maker = Pick<DataSource, 'createQueryRunner'>;

const instrumented = new WeakSet<object>();

/**
 * Wraps the calls of entity managers, for two things that TypeORM's events do not tell: that an
 * event belongs to a call which carries instances, and which call encloses a transaction, so that it
 * is the ambient one in there, and callbacks may take a connection from the pool afterwards. Done
 * once in a process, on the prototype; the managers of data sources that are not watched do as
 * before.
 */
export function instrumentManagers(
  dataSource: DataSource,
  isWatched: (dataSource: DataSource) => boolean,
): void {
  followQueryRunners(Object.getPrototypeOf(dataSource) as Maker);
  const prototype = Object.getPrototypeOf(dataSource.manager) as Calls;
  if (instrumented.has(prototype)) return;
  instrumented.add(prototype);
  for (const name of INSTANCE_OPERATIONS) {
    const carry = prototype[name];
    prototype[name] = function operate(...args) {
      if (!isWatched(dataSourceOf(this))) return carry.apply(this, args);
      const operation = describeOperation(name, args);
      const refusal = this.queryRunner ? undefined : refusalOf(this, operation);
      if (refusal) return Promise.reject(refusal);
      const calling = () => carry.apply(this, args);
      const operating = name === 'save' ? calling : () => undoneOnFailure(operation, calling);
      const { queryRunner } = this;
      const call = new TransactionCall({ hasWork: false, queryRunner });
      return queryRunner
        ? surrounded({ operation, scope: scopeOfOperation(queryRunner, call) }, operating)
        : owningTransaction(operating, call, operation);
    };
  }
  const { transaction } = prototype;
  prototype.transaction = async function transact(...args) {
    if (!isWatched(dataSourceOf(this))) return transaction.apply(this, args);
    const { queryRunner } = this;
    const others = () => othersEnded(queryRunner);
    for (let ended = others(); ended; ended = others()) {
      await ended;
      if (queryRunner) refuseUndone(queryRunner);
    }
    if (queryRunner) refuseLate(queryRunner);
    const call = new TransactionCall({ hasWork: true, queryRunner });
    const outer = queryRunner && openOn(queryRunner);
    const level = outer && nestedIn(outer, queryRunner);
    const transacting = () => transaction.apply(this, working(call, level, args));
    try {
      return await (queryRunner
        ? surrounded({ scope: scopeOf(outer, false, call) }, transacting)
        : owningTransaction(transacting, call));
    } finally {
      call.end();
      level?.close();
    }
  };
}

/** A call makes its own query runner before anything else happens in it. */
function followQueryRunners(prototype: Maker): void {
  if (instrumented.has(prototype)) return;
  instrumented.add(prototype);
  const { createQueryRunner } = prototype;
  prototype.createQueryRunner = function create(this: DataSource, ...args) {
    const queryRunner = createQueryRunner.apply(this, args);
    takeQueryRunner(queryRunner);
    return queryRunner;
  };
}

function refusalOf(
  manager: EntityManager,
  { name, origin }: InstanceOperation,
): WriteBesideTransactionError | undefined {
  return refusalBeside(dataSourceOf(manager), undefined, () => writeOfInstances(name, origin));
}

/** The arguments of `transaction`, the last of which is the work. */
function working(
  call: TransactionCall,
  level: NestedTransaction | undefined,
  args: readonly unknown[],
): unknown[] {
  return args.map((arg) => {
    if (typeof arg !== 'function') return arg;
    return (manager: EntityManager) => {
      const work = () => call.work(() => (arg as (of: EntityManager) => unknown)(manager));
      return level ? level.within(() => level.run(work)) : work();
    };
  });
}

/** The level that somebody has TypeORM open in another one; undefined where the library does. */
function nestedIn(
  outer: OpenTransaction,
  { isTransactionActive }: QueryRunner,
): NestedTransaction | undefined {
  if (!isTransactionActive || !outer.isOpen) return undefined;
  if (outer instanceof Savepoint && !outer.hasBegun) return undefined;
  return new NestedTransaction(outer);
}

/** Of a call that joins the transaction of a query runner, or opens one where there is none. */
function scopeOfOperation(queryRunner: QueryRunner, call: TransactionCall): TransactionScope {
  const { scope } = ambient();
  if (scope && isOn(queryRunner, scope)) return scope;
  const open = openOn(queryRunner);
  return open ? scopeOf(open, false) : scopeOf(undefined, false, call);
}

/** The innermost level of a query runner that the context has open, or else its transaction. */
function openOn(queryRunner: QueryRunner): OpenTransaction | undefined {
  let { scope } = ambient();
  while (scope && !isOn(queryRunner, scope)) scope = scope.outer;
  if (scope) return scope.transaction;
  const begun = transactionOf(queryRunner);
  return begun?.outcome === undefined ? begun : undefined;
}

function isOn({ manager }: QueryRunner, { transaction }: TransactionScope): boolean {
  return transaction?.manager === manager && transaction.isOpen;
}

/** Runs the callbacks of the transaction that the call opens, once the call has ended. */
async function owningTransaction(
  run: () => Promise<unknown>,
  call: TransactionCall,
  operation = ambient().operation,
): Promise<unknown> {
  const scope = scopeOf(undefined, true, call);
  const transaction = () => scope.transaction as RunnerTransaction | undefined;
  try {
    const result = await surrounded({ operation, scope }, run);
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
