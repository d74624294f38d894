import type { DataSource, EntityManager } from 'typeorm';
import type { ErrorSink } from '../index.js';
import { runInScope, scopeOfCall } from './ambient-transaction.js';
import { describeOperation, duringOperation, INSTANCE_OPERATIONS } from './instance-operation.js';
import type { RunnerTransaction } from './runner-transaction.js';

type Call = (...args: unknown[]) => Promise<unknown>;
type Wrapper = (call: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;

/**
 * Wraps the calls of a data source's entity managers, for two things that TypeORM's events do not
 * tell: that an event belongs to a call which carries instances, and that a call has released the
 * connection of the transaction that it opened, so that callbacks may take one from the pool.
 */
export function instrumentManagers(dataSource: DataSource, sink: () => ErrorSink): Disposable {
  const owning: Wrapper = (call) => owningTransaction(call, sink);
  const createEntityManager = dataSource.createEntityManager.bind(dataSource);

  markOperations(dataSource.manager, owning);
  wrap(dataSource.manager, 'transaction', owning);
  dataSource.createEntityManager = (queryRunner) => {
    const manager = createEntityManager(queryRunner);
    markOperations(manager);
    return manager;
  };
  return {
    [Symbol.dispose]: () => {
      Reflect.deleteProperty(dataSource, 'createEntityManager');
      for (const name of [...INSTANCE_OPERATIONS, 'transaction']) {
        Reflect.deleteProperty(dataSource.manager, name);
      }
    },
  };
}

function markOperations(manager: EntityManager, around: Wrapper = (call) => call()): void {
  for (const name of INSTANCE_OPERATIONS) {
    wrap(manager, name, (call, args) =>
      around(() => duringOperation(describeOperation(name, args), call), args),
    );
  }
}

function wrap(manager: EntityManager, name: keyof EntityManager, wrapper: Wrapper): void {
  const original = manager[name] as Call;
  const wrapped: Call = (...args) => wrapper(() => original.apply(manager, args), args);
  Object.defineProperty(manager, name, { value: wrapped, configurable: true, writable: true });
}

/** Runs the callbacks of the transaction that the call opens, once the call has ended. */
async function owningTransaction(
  call: () => Promise<unknown>,
  sink: () => ErrorSink,
): Promise<unknown> {
  const scope = scopeOfCall();
  try {
    return await runInScope(scope, call);
  } finally {
    const transaction = scope.transaction as RunnerTransaction | undefined;
    // Not settled yet: the connection was lost, and with it the transaction.
    transaction?.settle('rolledBack');
    await transaction?.runDue(sink());
  }
}
