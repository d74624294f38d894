import type { QueryRunner } from 'typeorm';
import { TransactionEndedError } from '../index.js';
import { ambient } from './ambient.js';
import { transactionOf, type RunnerTransaction } from './runner-transaction.js';
import { patiently } from './savepoint.js';

/** A call of TypeORM that opens a level of a transaction. */
export class TransactionCall {
  /** Undefined until the call has made its own. */
  queryRunner: QueryRunner | undefined;
  transaction: RunnerTransaction | undefined;
  /** 1: the outermost level; 0: none has begun. */
  depth = 0;
  /** What ends a level in here has begun it in here, by hand. */
  isWorking: boolean;
  readonly #waiting: (() => void)[] = [];

  /** @param options `hasWork`: the call is given what to do in its level, and ends it after that. */
  constructor({
    hasWork,
    queryRunner,
  }: {
    hasWork: boolean;
    queryRunner: QueryRunner | undefined;
  }) {
    this.isWorking = !hasWork;
    this.queryRunner = queryRunner;
  }

  /** For who asks while it is under way. */
  get ended(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async work<T>(work: () => T): Promise<Awaited<T>> {
    this.isWorking = true;
    try {
      return await work();
    } finally {
      this.isWorking = false;
    }
  }

  end(): void {
    if (this.transaction) innerCalls.get(this.transaction)?.delete(this);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** The calls that are under way inside a transaction, each in a savepoint. */
const innerCalls = new WeakMap<RunnerTransaction, Set<TransactionCall>>();

/** To be called when a query runner has been made: for the call that is about to begin, if any. */
export function takeQueryRunner(queryRunner: QueryRunner): void {
  const call = ambient().scope?.call;
  if (call) call.queryRunner ??= queryRunner;
}

/** The call that is about to begin its level on this query runner. */
export function callThatBegins(queryRunner: QueryRunner): TransactionCall | undefined {
  const call = ambient().scope?.call;
  return call?.queryRunner === queryRunner && call.depth === 0 ? call : undefined;
}

/** To be called when TypeORM begins a level, after its transaction is known. */
export function beginLevel(call: TransactionCall, transaction: RunnerTransaction): void {
  call.transaction = transaction;
  call.depth = depthOf(transaction.queryRunner) + 1;
  if (call.depth === 1) return;
  const calls = innerCalls.get(transaction) ?? new Set();
  innerCalls.set(transaction, calls.add(call));
}

/**
 * To be called before TypeORM commits a level. TypeORM counts the levels of a connection, and ends the
 * innermost one, whoever asks: among calls that do not end in the reverse order of their beginnings, as
 * under `Promise.all`, one would end the level of another one, and the last one hand a connection
 * with an open transaction to the pool. So a level waits for those inside it.
 *
 * @throws TransactionEndedError when it has been rolled back with one around it; BlockedStatementError
 */
export function beforeCommit(queryRunner: QueryRunner): Promise<void> | undefined {
  const { depth, inner } = endingLevel(queryRunner);
  if (inner.length === 0) {
    setDepth(queryRunner, depth);
    return undefined;
  }
  const ended = Promise.all(inner.map((call) => call.ended));
  return patiently(ended).then(() => setDepth(queryRunner, depth));
}

/**
 * To be called before TypeORM rolls a level back: with all that is open inside it, at once.
 *
 * @throws TransactionEndedError when it has been rolled back with one around it.
 */
export function beforeRollback(queryRunner: QueryRunner): void {
  setDepth(queryRunner, endingLevel(queryRunner).depth);
}

/** How deep the level is that ends here, and which calls are open inside it. */
function endingLevel(queryRunner: QueryRunner): {
  readonly depth: number;
  readonly inner: readonly TransactionCall[];
} {
  const transaction = transactionOf(queryRunner);
  const call = callOn(queryRunner);
  if (call && !call.isWorking && !isOpen(call, queryRunner))
    throw new TransactionEndedError('A savepoint');
  const open = (transaction && innerCalls.get(transaction)) ?? [];
  const inner = [...open].filter(({ depth }) => depth > (call?.depth ?? 0));
  const around = Math.min(...inner.map(({ depth }) => depth - 1), depthOf(queryRunner));
  return { depth: call && !call.isWorking ? call.depth : around, inner };
}

/** Of the outermost level TypeORM itself knows. */
function isOpen({ transaction, depth }: TransactionCall, queryRunner: QueryRunner): boolean {
  if (depth <= 1) return true;
  return transactionOf(queryRunner) === transaction && depth <= depthOf(queryRunner);
}

/** The innermost call of the context whose level is on this query runner. */
function callOn(queryRunner: QueryRunner): TransactionCall | undefined {
  for (let { scope } = ambient(); scope; scope = scope.outer) {
    if (scope.call?.queryRunner === queryRunner && scope.call.depth > 0) return scope.call;
  }
  return undefined;
}

/** TypeORM keeps it on every runner, but does not declare it; 0 outside a transaction. */
type CountingRunner = QueryRunner & { transactionDepth: number };

export function depthOf(queryRunner: QueryRunner): number {
  return (queryRunner as CountingRunner).transactionDepth;
}

function setDepth(queryRunner: QueryRunner, depth: number): void {
  if (depthOf(queryRunner) > depth) (queryRunner as CountingRunner).transactionDepth = depth;
}
