/** Where in a transaction something ran. */
export interface TransactionPlace {
  /** The same number for all that is told of one transaction of this process. */
  readonly transaction: number;
  /** How many savepoints are around it; 0 in none. */
  readonly depth: number;
}

/** Work that waits for the end of a transaction. What it returns is awaited and ignored. */
export type TransactionCallback = () => unknown;

export interface CallbackOptions {
  /**
   * Two registrations of one key in one transaction are one callback: the last registered
   * function, at the position of the first.
   */
  readonly dedupeKey?: string;
  /** What the callback is called where it is shown. Default: the function's name. */
  readonly label?: string;
  /**
   * For integrations: no effect of the application, but something that they do for themselves. Tests
   * that capture callbacks are not shown it, and no channel tells of it.
   */
  readonly isHousekeeping?: boolean;
}

/**
 * An open transaction as the core sees it. An integration (TypeORM) implements it; the core never
 * opens or ends one.
 */
export interface Transaction {
  /** Where this is, for traces. */
  readonly place: TransactionPlace;
  /** The integration's database handle that works in this transaction. */
  readonly manager: unknown;
  /** The handle for work on the same database that is not in a transaction. */
  readonly defaultManager: unknown;
  /** @throws TransactionEndedError when the transaction, or this savepoint of it, has ended. */
  onCommit(callback: TransactionCallback, options?: CallbackOptions): void;
  /** @throws TransactionEndedError when the transaction, or this savepoint of it, has ended. */
  onRollback(callback: TransactionCallback): void;
  /** Runs `work` in a savepoint that is rolled back when `work` fails. */
  savepoint<T>(work: (inner: Transaction) => Promise<T>): Promise<T>;
  /** Runs `work` where this transaction is the one that is found. */
  within<T>(work: () => T): T;
}

/** Where the core finds transactions. */
export interface TransactionSource {
  /**
   * The transaction of an explicitly named manager, or else of the calling context; undefined
   * when there is none.
   *
   * @throws TransactionEndedError when the context belongs to a transaction that has ended.
   */
  find(manager: unknown): Transaction | undefined;
  /** The handle for work outside a transaction, when there is exactly one. */
  readonly defaultManager: unknown;
  /** Whether this is an entity, which a payload hands on as it is. */
  isEntity?(this: void, value: object): boolean;
  /**
   * Lets the callback of an ended transaction that is running here, if any, end after this, which
   * it has registered in turn and which has begun at once. Never rejects.
   */
  awaitInCallback?(begun: Promise<void>): void;
  /**
   * The transactions that have not ended, or whose callbacks have not all run, for those who wait
   * for them; without those that the caller itself is in.
   */
  unfinished?(): readonly WorkUnderWay[];
}

/** Something that has been set going and is not done. */
export interface WorkUnderWay {
  /** What it is, for people. */
  readonly what: string;
  /** Settled when it is done; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Thrown when something is registered through the context of a transaction that has ended: work
 * that nobody awaited, or that was registered too late. It would be lost, or land in the
 * transaction of a stranger.
 */
export class TransactionEndedError extends Error {
  override readonly name = 'TransactionEndedError';

  constructor(what = 'This') {
    super(
      `${what} belongs to a transaction that has already ended. Await the work inside the ` +
        'transaction, or register it before the transaction ends.',
    );
  }
}

/** What to do with an after-commit callback when no transaction is open. */
export type OutsideTransactionPolicy = 'run' | 'warn' | 'throw';

/** Thrown under the policy `throw` when an after-commit callback finds no transaction. */
export class NoTransactionError extends Error {
  override readonly name = 'NoTransactionError';

  constructor(what: string) {
    super(
      `${what} asked to run after a commit, but no transaction is open here. Open one around it, ` +
        "or allow it with the option outsideTransaction: 'run'.",
    );
  }
}
