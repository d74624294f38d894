import type { QueryRunner } from 'typeorm';
import { TransactionEndedError } from '../../core/index.js';
import { ambient, type LevelCall, type Turn } from './ambient-store.js';
import { patiently } from '../patience.js';
import type { WholeTransaction } from './open-transaction.js';

/** A call of TypeORM while it is under way, with the level that it opens. */
export class TransactionCall implements LevelCall {
  queryRunner: QueryRunner | undefined;
  transaction: WholeTransaction | undefined;
  depth = 0;
  isWorking: boolean;
  isUndone = false;
  isOvertaken = false;
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
    if (this.queryRunner) innerCalls.get(this.queryRunner)?.delete(this);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** The calls that are under way inside a transaction, each in a savepoint. */
const innerCalls = new WeakMap<QueryRunner, Set<LevelCall>>();

/** To be called when a query runner has been made: for the call that is about to begin, if any. */
export function takeQueryRunner(queryRunner: QueryRunner): void {
  const call = ambient().scope?.call;
  if (call) call.queryRunner ??= queryRunner;
}

/** The call that is about to begin its level on this query runner. */
export function callThatBegins(queryRunner: QueryRunner): LevelCall | undefined {
  const call = ambient().scope?.call;
  return call?.queryRunner === queryRunner && call.depth === 0 ? call : undefined;
}

/** To be called when TypeORM begins a level, after its transaction is known. */
export function beginLevel(call: LevelCall, transaction: WholeTransaction): void {
  const { queryRunner } = transaction;
  call.transaction = transaction;
  call.depth = depthOf(queryRunner) + 1;
  if (call.depth === 1) return;
  const calls = innerCalls.get(queryRunner) ?? new Set();
  innerCalls.set(queryRunner, calls.add(call));
}

/**
 * To be called when TypeORM has begun a level and counts it: not one that was rolled back while it
 * began, with one around it.
 */
export function levelBegun(queryRunner: QueryRunner): void {
  const { scope, turn } = ambient();
  const call = scope?.call;
  const depth = depthOf(queryRunner);
  const isByHand = call?.queryRunner !== queryRunner || call.depth !== depth;
  if (isByHand && depth > 1 && turn?.queryRunner === queryRunner) turn.begunByHand += 1;
  if (call?.queryRunner !== queryRunner || call.depth <= 1 || !call.isUndone) return;
  (queryRunner as CountingRunner).transactionDepth -= 1;
}

/**
 * To be called when TypeORM has ended a level and no longer counts it: one that was overtaken by the
 * rollback of a level around it while its end was under way is not counted since.
 */
export function levelEnded(queryRunner: QueryRunner): void {
  const call = callOn(queryRunner);
  if (!call || call.isWorking) return endedByHand(queryRunner);
  if (!call.isOvertaken) return;
  (queryRunner as CountingRunner).transactionDepth += 1;
}

function endedByHand(queryRunner: QueryRunner): void {
  const { turn } = ambient();
  if (turn?.queryRunner === queryRunner && turn.begunByHand > 0) turn.begunByHand -= 1;
}

/**
 * To be called when a receiver has ended: what it has begun by hand and left open is part of the level
 * around it, which TypeORM would otherwise leave open in its place.
 */
export function closeLevelsOf({ queryRunner, begunByHand }: Turn): void {
  setDepth(queryRunner, depthOf(queryRunner) - begunByHand);
}

/**
 * Settles when levels have ended that others have open, to be asked for again: of two that begin at the
 * same time, one would be inside the other. Undefined when the calling context may begin one.
 */
export function othersEnded(queryRunner: QueryRunner | undefined): Promise<void> | undefined {
  if (!queryRunner || !innerCalls.has(queryRunner)) return undefined;
  const others = callsInside(queryRunner, callOn(queryRunner));
  return others.length > 0 ? untilEnded(others) : undefined;
}

/**
 * To be asked before a level begins: inside one whose work has ended, and which is about to be committed,
 * TypeORM would count it as the one that ends.
 *
 * @throws TransactionEndedError
 */
export function refuseLate(queryRunner: QueryRunner): void {
  if (callOn(queryRunner)?.isWorking === false) throw new TransactionEndedError('A savepoint');
}

/**
 * To be called before TypeORM commits a level. TypeORM counts the levels of a connection, and ends the
 * innermost one, whoever asks: among calls that do not end in the reverse order of their beginnings, as
 * under `Promise.all`, one would end the level of another one, and the last one hand a connection
 * with an open transaction to the pool. So a level waits for those inside it.
 *
 * @throws TransactionEndedError when it has been rolled back with one around it; BlockedStatementError
 */
export function beforeCommit(transaction: WholeTransaction): Promise<void> | undefined {
  const { depth, inner } = endingLevel(transaction);
  const align = () => setDepth(transaction.queryRunner, depth);
  if (inner.length > 0) return untilEnded(inner).then(align);
  align();
  return undefined;
}

/**
 * To be called before TypeORM rolls a level back: with all that is open inside it, at once.
 *
 * @throws TransactionEndedError when it has been rolled back with one around it.
 */
export function beforeRollback(transaction: WholeTransaction): void {
  const { queryRunner } = transaction;
  const call = callOn(queryRunner);
  try {
    const { depth, inner } = endingLevel(transaction);
    for (const each of inner) each.isUndone = each.isOvertaken = true;
    setDepth(queryRunner, depth);
  } finally {
    if (call && !call.isWorking) call.isUndone = true;
  }
}

/** How deep the level is that ends here, and which calls are open inside it. */
function endingLevel(transaction: WholeTransaction): {
  readonly depth: number;
  readonly inner: readonly LevelCall[];
} {
  const { queryRunner } = transaction;
  const call = callOn(queryRunner);
  const own = call && !call.isWorking ? call : undefined;
  if (own && !isOpen(own, transaction)) throw new TransactionEndedError('A savepoint');
  const inner = callsInside(queryRunner, call);
  const around = Math.min(...inner.map(({ depth }) => depth - 1), depthOf(queryRunner));
  return { depth: own?.depth ?? around, inner };
}

/** Of the outermost level TypeORM itself knows. */
function isOpen(call: LevelCall, current: WholeTransaction): boolean {
  if (call.depth <= 1) return true;
  if (call.isUndone) return false;
  return call.transaction === current && call.depth <= depthOf(current.queryRunner);
}

/** Those that are open inside a call, or else on the query runner. */
function callsInside(queryRunner: QueryRunner, call: LevelCall | undefined): readonly LevelCall[] {
  const calls = [...(innerCalls.get(queryRunner) ?? [])];
  return calls.filter(
    ({ depth, transaction }) => transaction?.isOpen && depth > (call?.depth ?? 0),
  );
}

function untilEnded(calls: readonly LevelCall[]): Promise<void> {
  return patiently(Promise.all(calls.map(({ ended }) => ended)));
}

/** The innermost call of the context whose level is on this query runner. */
function callOn(queryRunner: QueryRunner): LevelCall | undefined {
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
