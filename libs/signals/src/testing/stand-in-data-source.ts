import { EventEmitter } from 'node:events';
import { DataSource, EntityManager } from 'typeorm';
import { consoleErrorSink, type Signals } from '../core/index.js';
import { readTransactionStatement } from '../typeorm/transactions/transaction-statement.js';
import { typeOrmSignals } from '../typeorm/typeorm-signals.js';
import type { Borrowed, PgClient, PgDriver, PgResult } from './pg-client.js';

/** Thrown when something asks a stand-in for what only a database has. Says what to hand over instead. */
export class NoDatabaseError extends Error {
  override readonly name = 'NoDatabaseError';
}

/** The methods of an entity manager that a test takes over, by name. */
export type ManagerMethods = Partial<Record<keyof EntityManager, (...args: never[]) => unknown>>;

export interface StandInOptions {
  /**
   * Finds the transactions of the stand-in when it sends, so that receivers wait for their ends. In an
   * application of Nest, `typeOrmSignals()` does that; without it, they run at once.
   */
  readonly signals?: Signals;
}

/**
 * A data source without a database, for unit tests of services that open transactions:
 *
 * ```ts
 * const save = jest.fn(async (order: Order) => order);
 * const signals = new Signals();
 * const orders = new Orders(standInDataSource({ save }, { signals }), signals);
 * await orders.pay(id);
 * ```
 *
 * `atomic`, `@Transactional()`, `dataSource.transaction`, query runners, `onCommit`, `onRollback` and the phases
 * of receivers are those of production, savepoints included: a transaction commits when its work
 * returns, and is rolled back when it throws. Every manager has `methods` in the place of its own, inside
 * transactions and outside; each other method that would ask the database fails with NoDatabaseError.
 *
 * What only a database can do is missing: nothing is stored or undone, no statement fails, no commit is
 * refused, and nothing is known of entities, so that no signal of a model is sent. A test of these runs
 * on PostgreSQL, in `rolledBackTest`. It has nothing to initialize and nothing to destroy; both may be called.
 */
export function standInDataSource(
  methods: ManagerMethods = {},
  { signals }: StandInOptions = {},
): DataSource {
  const dataSource = new DataSource({ type: 'postgres' });
  const lend = (): Promise<Borrowed> => Promise.resolve([client(), () => {}]);
  const lending: Omit<PgDriver, 'disconnect'> = {
    obtainMasterConnection: lend,
    obtainSlaveConnection: lend,
  };
  Object.assign(dataSource.driver, lending);
  const createEntityManager = dataSource.createEntityManager.bind(dataSource);
  dataSource.createEntityManager = (...args) =>
    Object.assign(createEntityManager(...args), REFUSALS, methods);
  Object.assign(dataSource.manager, REFUSALS, methods);
  // Otherwise TypeORM would connect to whatever listens on this machine.
  const lifecycle: Pick<DataSource, 'initialize' | 'destroy'> = {
    initialize: () => Promise.resolve(dataSource),
    destroy: () => Promise.resolve(),
  };
  Object.assign(dataSource, lifecycle);
  if (signals) {
    const host = { signals, onError: consoleErrorSink, resolve: () => dataSource };
    typeOrmSignals({ dataSources: { default: dataSource } }).attach(host);
  }
  return dataSource;
}

/** What a manager does without a database: it begins transactions, and knows what it is part of. */
const KEPT = new Set(['constructor', 'transaction', 'release']);

const REFUSALS: Readonly<Record<string, () => never>> = Object.fromEntries(
  Object.entries(Object.getOwnPropertyDescriptors(EntityManager.prototype))
    .filter(([name, { value }]) => typeof value === 'function' && !KEPT.has(name))
    .map(([name]) => [
      name,
      () => {
        throw new NoDatabaseError(
          `There is no database behind this data source. Hand the method over: ` +
            `standInDataSource({ ${name}: … }).`,
        );
      },
    ]),
);

/** Answers transaction control as PostgreSQL does, and nothing else. */
function client(): PgClient {
  const connection = new EventEmitter();
  return Object.assign(connection, {
    query: async (sql: unknown): Promise<PgResult> => {
      const command = commandOf(String(sql));
      if (command === undefined) {
        throw new NoDatabaseError(
          `There is no database behind this data source, which would answer: ${String(sql)}`,
        );
      }
      return Promise.resolve({ command, rowCount: null, oid: null, rows: [], fields: [] });
    },
  });
}

function commandOf(sql: string): string | undefined {
  const verb = readTransactionStatement(sql)?.verb;
  if (verb === 'rollbackTo') return 'ROLLBACK';
  if (verb !== undefined && verb !== 'prepare') return verb.toUpperCase();
  return /^\s*set\s+transaction\b/i.test(sql) ? 'SET' : undefined;
}
