import { Failure, type Registration, type Session, type Transaction } from './postgres-model.js';

/**
 * One query runner of TypeORM, with what TypeORM really does when a statement of its own fails: it
 * rolls back what it takes for the current level, which after a failed SAVEPOINT is the outer one.
 */
export class Runner {
  isActive = false;
  #depth = 0;
  /** The first transaction of a runner that a call waits for: its callbacks wait until then too. */
  #owned: Transaction | undefined;
  #ended: Transaction | undefined;

  constructor(
    readonly session: Session,
    private readonly isOwned: boolean,
    private readonly runAll: (due: readonly Registration[]) => void,
  ) {}

  /** `manager.transaction(work)`, and the same steps by hand. */
  level(work: (begun: Transaction | undefined) => void): void {
    try {
      const outermost = this.#depth === 0;
      this.#start();
      work(outermost ? this.session.transaction : undefined);
      this.#end('commit');
    } catch (error) {
      try {
        this.#end('rollback');
      } catch {
        // TypeORM throws the first error, whatever becomes of the rollback.
      }
      throw error;
    }
  }

  /** A statement that somebody sends; may end the transaction behind TypeORM's back. */
  query(statement: (session: Session) => void): void {
    const { transaction } = this.session;
    try {
      statement(this.session);
    } finally {
      if (transaction && !transaction.isOpen) {
        this.#ended = transaction;
        if (!this.isActive && this.session.isAlive) this.#finish();
      }
    }
  }

  /** The call that waited is told of a rollback by a statement, although nothing threw. */
  assertKept(): void {
    if (this.#owned?.isRolledBack) throw new Failure('TransactionAbortedError');
  }

  /** The call that waited goes on, after the connection went back to the pool. */
  release(): void {
    if (this.#owned) this.runAll(this.#owned.take());
  }

  #start(): void {
    this.isActive = true;
    if (this.#depth < 0) this.session.fail('42601');
    if (this.#depth > 0) this.session.savepoint(`typeorm_${this.#depth}`);
    else this.session.begin();
    this.#depth += 1;
    if (this.isOwned) this.#owned ??= this.session.transaction;
  }

  #end(verb: 'commit' | 'rollback'): void {
    if (!this.isActive) throw new Failure('TransactionNotStartedError');
    if (verb === 'rollback' && this.#isBeyondTypeOrm()) this.#finish();
    const savepoint = `typeorm_${this.#depth - 1}`;
    if (this.#depth > 1) {
      if (verb === 'commit') this.session.release(savepoint);
      else this.session.rollbackTo(savepoint);
    } else {
      this.#ended = this.session.transaction ?? this.#ended;
      this.session[verb]();
      this.isActive = false;
    }
    this.#depth -= 1;
    if (this.#depth <= 0) this.#finish();
  }

  /** It has ended, and TypeORM will not get through to the event that would tell. */
  #isBeyondTypeOrm(): boolean {
    return !this.session.transaction && (this.#depth > 1 || !this.session.isAlive);
  }

  /** TypeORM is through with the transaction: its callbacks run on the connection that it holds. */
  #finish(): void {
    const ended = this.#ended;
    this.#ended = undefined;
    if (ended && ended !== this.#owned) this.runAll(ended.take());
  }
}
