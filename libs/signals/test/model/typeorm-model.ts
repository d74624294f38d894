import { Failure, type Registration, type Session, type Transaction } from './postgres-model.js';
import { ambient, begin, endedError, type Place } from './place.js';
import type { How } from './step.js';

/** Statements that somebody sends instead of having TypeORM end a level. */
export type Ends = Partial<Record<'commit' | 'rollback', (session: Session) => void>>;

/** How levels are ended by statements, instead of TypeORM's. */
export const ENDS: Partial<Record<How, Ends>> = {
  byCommit: { commit: (session) => session.commit() },
  byRollback: {
    commit: (session) => session.rollback(),
    rollback: (session) => session.rollback(),
  },
};

/**
 * One query runner of TypeORM, with what TypeORM really does when a statement of its own fails: it
 * rolls back what it takes for the current level, which after a failed SAVEPOINT is the outer one. By
 * the library each call of TypeORM's ends its own level, and none but that.
 */
export class Runner {
  isActive = false;
  /** A transaction has ended on it. */
  hasEnded = false;
  /** Somebody has named a transaction that had ended by a statement before anybody followed it. */
  isMisread = false;
  #depth = 0;
  /** The first transaction of a runner that a call waits for: its callbacks wait until then too. */
  #owned: Transaction | undefined;
  #latest: Transaction | undefined;
  /** Of which the library does not know yet: it was lost with the connection. */
  #lost: Transaction | undefined;
  /** Of what somebody has ended by hand. */
  #due: readonly Registration[] = [];
  #isSettling = false;

  constructor(
    readonly session: Session,
    private readonly isOwned: boolean,
    private readonly runAll: (due: readonly Registration[]) => void,
  ) {}

  /**
   * `manager.transaction(work)`, and the same steps by hand.
   *
   * @param how `endsItself`: a call that is known to end its own level; `ends`: statements in the
   * place of TypeORM's.
   */
  level(
    work: (begun: Transaction | undefined) => void,
    { endsItself = false, ends = {} }: { endsItself?: boolean; ends?: Ends | undefined } = {},
  ): void {
    const outermost = this.#depth === 0;
    const own = endsItself ? this.#depth + 1 : undefined;
    try {
      this.#start();
      work(outermost ? this.session.transaction : undefined);
      this.#end('commit', ends, own);
    } catch (error) {
      try {
        this.#end('rollback', ends, own);
      } catch {
        // TypeORM throws the first error, whatever becomes of the rollback.
      }
      throw error;
    }
  }

  /** Whether the library knows of what happens on it. */
  get isFollowed(): boolean {
    return this.session.transaction?.isKnown ?? this.session.isWatched;
  }

  /** A statement that somebody sends; may end the transaction behind TypeORM's back. */
  query(statement: (session: Session) => void): void {
    const { transaction } = this.session;
    try {
      statement(this.session);
    } finally {
      this.#latest = this.session.transaction ?? transaction ?? this.#latest;
      if (transaction && !transaction.isOpen) {
        if (transaction.isKnown) this.hasEnded = true;
        if (this.session.isAlive) this.#finish(transaction);
        else this.#lost = transaction;
      }
    }
  }

  /** Runs the callbacks of what somebody has ended by hand; in one of them, after them. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    for (let due = this.#due; due.length > 0; due = this.#due) {
      this.#due = [];
      this.runAll(due);
    }
    this.#isSettling = false;
  }

  /** The call that waited is told of a rollback by a statement, although nothing threw. */
  assertKept(): void {
    if (this.#owned?.isRolledBack) throw new Failure('TransactionAbortedError');
  }

  /** The connection is back in the pool, and whoever waited for it goes on. */
  release(): void {
    this.#finish(this.#lost);
    this.settle();
    if (this.#owned) this.runAll(this.#owned.take());
  }

  #start(): void {
    this.isActive = true;
    if (this.#depth < 0) this.session.fail('42601');
    if (this.#depth > 0) this.session.savepoint(`typeorm_${this.#depth}`);
    else this.session.begin();
    this.#depth += 1;
    this.#latest = this.session.transaction ?? this.#latest;
    const { transaction } = this.session;
    if (this.isOwned && transaction?.isKnown) this.#owned ??= transaction;
  }

  /** @param own the level of the call that ends; undefined: whichever is open. */
  #end(verb: 'commit' | 'rollback', { [verb]: statement }: Ends, own?: number): void {
    if (statement) return this.query(statement);
    if (!this.isActive) throw new Failure('TransactionNotStartedError');
    if (own !== undefined && own > 1 && own > this.#depth) throw endedError();
    this.#depth = Math.min(this.#depth, own ?? this.#depth);
    if (verb === 'rollback' && this.#depth <= 1 && this.#latest) this.#latest.isGivenUp = true;
    if (verb === 'rollback' && !this.session.isAlive) this.#finish(this.#lost);
    const savepoint = `typeorm_${this.#depth - 1}`;
    if (this.#depth > 1) {
      if (verb === 'commit') this.session.release(savepoint);
      else this.session.rollbackTo(savepoint);
    } else {
      this.query((session) => session[verb]());
      this.isActive = false;
    }
    this.#depth -= 1;
  }

  #finish(ended: Transaction | undefined): void {
    if (ended && ended !== this.#owned) this.#due = [...this.#due, ...ended.take()];
  }
}

/**
 * The one that is open on the runner; what it has had before is not found again. One that TypeORM had
 * begun before anybody followed the data source is known from now on.
 */
export function findNamed(runner: Runner, place: Place): Transaction | undefined {
  const { session, hasEnded, isActive } = runner;
  const { transaction, isAlive, on } = session;
  session.isWatched = true;
  if (!isAlive || (!transaction && hasEnded)) throw endedError();
  if (isActive && transaction) transaction.isKnown = true;
  else if (isActive) runner.isMisread = true;
  begin(place, transaction);
  return transaction?.isKnown ? (ambient(place, on) ?? transaction) : undefined;
}
