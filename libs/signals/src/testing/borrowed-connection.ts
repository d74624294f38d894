import { callbackify } from 'node:util';
import { openTransactionsHere } from '../typeorm/transactions/ambient-transaction.js';
import { readTransactionStatement } from '../typeorm/transactions/transaction-statement.js';
import { begunAt } from './begun-at.js';
import { IN_FAILED_TRANSACTION, sqlStateOf, type PgClient, type PgResult } from './pg-client.js';
import type { ApplicationTransaction, SharedConnection } from './shared-connection.js';
import { statementsOf } from '../typeorm/sql/sql-text.js';

const READ_ONLY = /\bread\s+only\b/i;
const SET_TRANSACTION = /^set\s+transaction\b/i;

/** Thrown in the place of PREPARE TRANSACTION, which would take the test's own transaction out of its hands. */
export class PreparedInTestError extends Error {
  override readonly name = 'PreparedInTestError';

  constructor() {
    super(
      'All work of a rolledBackTest is in one transaction that is rolled back at the end, and what is ' +
        'prepared would outlive it. Test PREPARE TRANSACTION outside of it.',
    );
  }
}

/**
 * What one query runner is given for its connection during a rolled-back test: the shared one, with
 * a transaction of its own that is a savepoint there. It answers as PostgreSQL answers a real
 * transaction, so TypeORM and all that listens to it see no difference.
 */
export class BorrowedConnection {
  readonly #shared: SharedConnection;
  /** The client with `query` replaced. */
  readonly client: PgClient;
  /** The statement that began its transaction; a chained one has the same mode. */
  #begunBy = '';

  constructor(shared: SharedConnection) {
    this.#shared = shared;
    this.client = new Proxy(shared.client, {
      get: (client, property) => {
        if (property === 'query') return this.#query;
        const value: unknown = Reflect.get(client, property, client);
        return typeof value === 'function' ? (value.bind(client) as unknown) : value;
      },
    });
  }

  readonly #query = (...args: readonly unknown[]): unknown => {
    const [query] = args;
    // A cursor or a stream: it is handed over at once, because it is returned at once.
    if (isObject(query) && 'submit' in query) return this.#shared.client.query(...args);
    const text = String(isObject(query) && 'text' in query ? query.text : query);
    const callback: unknown = args.at(-1);
    if (typeof callback !== 'function') {
      return this.#run(text, () => this.#shared.client.query(...args));
    }
    const run = callbackify(() =>
      this.#run(text, () => this.#shared.client.query(...args.slice(0, -1))),
    );
    run(callback as Parameters<typeof run>[0]);
    return undefined;
  };

  /** Several statements in one text are one, unless they begin or end a transaction. */
  async #run(text: string, send: () => unknown): Promise<unknown> {
    const statements = statementsOf(text);
    const [first = ''] = statements;
    if (statements.length < 2 || !statements.some(isControl)) return this.#runOne(first, send);
    const results: unknown[] = [];
    for (const statement of statements) {
      results.push(await this.#runOne(statement, () => this.#shared.client.query(statement)));
    }
    return results;
  }

  #runOne(statement: string, send: () => unknown): Promise<unknown> {
    const { verb, chains = false } = readTransactionStatement(statement) ?? {};
    if (verb === 'prepare') return Promise.reject(new PreparedInTestError());
    const place = verb === 'begin' ? begunAt() : undefined;
    const inside = new Set(
      openTransactionsHere().map(({ manager }) => connectionOf(manager.queryRunner)),
    );
    return this.#shared.inTurn(this.client, inside, async () => {
      const transaction = this.#shared.transactionOf(this.client);
      if (verb === 'begin') return transaction ? answer('BEGIN') : this.#begin(statement, place);
      if (transaction && (verb === 'commit' || verb === 'rollback')) {
        const ended = await this.#end(transaction, verb);
        if (chains) await this.#begin(this.#begunBy, transaction.begunAt);
        return ended;
      }
      if (verb === 'commit' || verb === 'rollback') return answer(verb.toUpperCase());
      if (SET_TRANSACTION.test(statement)) return this.#setMode(statement);
      if (!transaction) return this.#alone(send);
      transaction.lastStatement = statement;
      return send();
    });
  }

  async #begin(statement: string, place: string | undefined): Promise<PgResult> {
    this.#begunBy = statement;
    await this.#shared.begin(this.client, place);
    await this.#setMode(statement);
    return answer('BEGIN');
  }

  /** A commit of what has failed is answered with ROLLBACK. */
  async #end(transaction: ApplicationTransaction, verb: 'commit' | 'rollback'): Promise<PgResult> {
    try {
      await this.#shared[verb](transaction);
      return answer(verb.toUpperCase());
    } catch (error) {
      if (verb === 'commit' && sqlStateOf(error) === IN_FAILED_TRANSACTION) {
        return answer('ROLLBACK');
      }
      throw error;
    }
  }

  /** With one connection there is nothing to isolate from, and a savepoint cannot be isolated. */
  async #setMode(statement: string): Promise<PgResult> {
    if (READ_ONLY.test(statement)) await this.#shared.run('SET TRANSACTION READ ONLY');
    return answer('SET');
  }

  /** A statement outside a transaction is one by itself: its failure harms nothing else. */
  async #alone(send: () => unknown): Promise<unknown> {
    const transaction = await this.#shared.begin(this.client, undefined);
    let result: unknown;
    try {
      result = await send();
    } catch (error) {
      await this.#shared.rollback(transaction);
      throw error;
    }
    await this.#shared.commit(transaction);
    return result;
  }
}

function isControl(statement: string): boolean {
  const verb = readTransactionStatement(statement)?.verb;
  return verb === 'begin' || verb === 'commit' || verb === 'rollback';
}

/** TypeORM keeps it on every query runner, but does not declare it. */
export function connectionOf(queryRunner: unknown): unknown {
  return (queryRunner as { readonly databaseConnection?: unknown } | undefined)?.databaseConnection;
}

function answer(command: string): PgResult {
  return { command, rowCount: null, oid: null, rows: [], fields: [] };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
