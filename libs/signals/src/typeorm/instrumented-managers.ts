import type { DataSource, EntityManager } from 'typeorm';
import type { ErrorSink } from '../index.js';
import { scopeOfCall } from './ambient-transaction.js';
import { surrounded, type Ambient } from './ambient.js';
import { dataSourceOf } from './compatibility.js';
import { describeOperation, INSTANCE_OPERATIONS, undoneOnFailure } from './instance-operation.js';
import type { RunnerTransaction } from './runner-transaction.js';
import { TransactionAbortedError } from './transaction-aborted.error.js';

type Call = (this: EntityManager, ...args: unknown[]) => Promise<unknown>;
type Calls = Record<(typeof INSTANCE_OPERATIONS)[number] | 'transaction', Call>;
/** Who is told of failed callbacks; undefined for a data source that is not watched. */
type SinkOf = (dataSource: DataSource) => ErrorSink | undefined;

const instrumented = new WeakSet<object>();

/**
 * Wraps the calls of entity managers, for two things that TypeORM's events do not tell: that an
 * event belongs to a call which carries instances, and that a call has released the connection of
 * the transaction that it opened, so that callbacks may take one from the pool. Done once in a
 * process, on the prototype; the managers of data sources that are not watched do as before.
 */
export function instrumentManagers({ manager }: DataSource, sinkOf: SinkOf): void {
  const prototype = Object.getPrototypeOf(manager) as Calls;
  if (instrumented.has(prototype)) return;
  instrumented.add(prototype);
  for (const name of INSTANCE_OPERATIONS) {
    const call = prototype[name];
    prototype[name] = function operate(...args) {
      const sink = sinkOf(dataSourceOf(this));
      if (!sink) return call.apply(this, args);
      const operation = describeOperation(name, args);
      const calling = () => call.apply(this, args);
      const operating = name === 'save' ? calling : () => undoneOnFailure(operation, calling);
      return this.queryRunner
        ? surrounded({ operation }, operating)
        : owningTransaction(operating, sink, { operation });
    };
  }
  const { transaction } = prototype;
  prototype.transaction = function transact(...args) {
    const sink = sinkOf(dataSourceOf(this));
    const transacting = () => transaction.apply(this, args);
    return sink && !this.queryRunner ? owningTransaction(transacting, sink, {}) : transacting();
  };
}

/** Runs the callbacks of the transaction that the call opens, once the call has ended. */
async function owningTransaction(
  call: () => Promise<unknown>,
  sink: ErrorSink,
  by: Partial<Ambient>,
): Promise<unknown> {
  const scope = scopeOfCall();
  const transaction = () => scope.transaction as RunnerTransaction | undefined;
  try {
    const result = await surrounded({ ...by, scope }, call);
    if (transaction()?.outcome === 'rolledBack') throw TransactionAbortedError.byStatement();
    return result;
  } finally {
    // Not settled yet: the connection was lost, and with it the transaction.
    transaction()?.settle('rolledBack');
    await transaction()?.runDue(sink);
  }
}
