import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueryRunner } from 'typeorm';
import type { OpenTransaction } from './open-transaction.js';

/** What surrounds a call, whoever made it. Always entered by a function that encloses it. */
export interface Ambient {
  readonly scope: TransactionScope | undefined;
  readonly operation: InstanceOperation | undefined;
  readonly turn: Turn | undefined;
  readonly callback: RunningCallback | undefined;
}

/** A call of TypeORM that opens a level of a transaction. */
export interface LevelCall {
  /** Undefined until the call has made its own. */
  queryRunner: QueryRunner | undefined;
  transaction: OpenTransaction | undefined;
  /** 1: the outermost level; 0: none has begun. */
  depth: number;
  /** What ends a level in here has begun it in here, by hand. */
  readonly isWorking: boolean;
  /** It is rolled back, or has been. */
  isUndone: boolean;
  /** A level around it is rolled back, and does not wait for its end. */
  isOvertaken: boolean;
  /** For who asks while it is under way. */
  readonly ended: Promise<void>;
}

/** A call in which one transaction is the ambient one. */
export interface TransactionScope {
  /** Undefined until the call has begun its transaction. */
  transaction: OpenTransaction | undefined;
  readonly outer: TransactionScope | undefined;
  /** What is around the call. */
  readonly around: Ambient;
  /** The call runs the callbacks of its transaction, after it has released the connection. */
  readonly runsCallbacks: boolean;
  /** Where it is one that opens a level by itself. */
  readonly call?: LevelCall | undefined;
  /** No call, but work for which what is around it does not count as open. */
  readonly isBeside?: true;
}

/** A call of the entity manager that is under way and to which model signals belong. */
export interface InstanceOperation {
  readonly name: 'save' | 'remove' | 'softRemove' | 'recover';
  /** What the call was given: one instance or several. */
  readonly origin: unknown;
  /** Whether the caller said, by `{ data: { raw: true } }`, that the values are to be taken as they are. */
  readonly raw: boolean;
  /** What is to be done when the call fails. */
  readonly failures: (() => void)[];
  /** Who called, when somebody asked for sites. */
  readonly site: string | undefined;
}

/** Runs what it is given one after the other. */
export interface Lane {
  run(task: () => Promise<void>): Promise<void>;
}

/** The work of a lane that is at its turn. */
export interface Turn {
  readonly queryRunner: QueryRunner;
  readonly level: OpenTransaction | undefined;
  readonly lane: Lane;
  /** How many levels of the transaction the work has begun by hand, and not ended. */
  begunByHand: number;
  readonly outer: Turn | undefined;
}

/** A callback of an ended transaction that is running. */
export interface RunningCallback {
  /** Whose callbacks: all those that wait for one another. */
  readonly of: object;
  /** What it registered where no transaction is open, which has begun at once. */
  readonly begun: Promise<void>[];
  /** The callback in which its transaction was begun. */
  readonly outer: RunningCallback | undefined;
}

/** One store for all of it: before Node 24 each store costs every promise of the process. */
const store = new AsyncLocalStorage<Ambient>();

const NOTHING: Ambient = {
  scope: undefined,
  operation: undefined,
  turn: undefined,
  callback: undefined,
};

export function ambient(): Ambient {
  return store.getStore() ?? NOTHING;
}

/** Runs work with something else around it. */
export function surrounded<T>(by: Partial<Ambient>, work: () => T): T {
  return store.run({ ...ambient(), ...by }, work);
}
