import type { QueryRunner } from 'typeorm';
import {
  readTransactionControl,
  type TransactionStatement,
} from '../../typeorm/transactions/transaction-statement.js';

/** Thrown at a receiver that goes on after its attempt has ended, at whatever it still wants to write. */
export class AttemptEndedError extends Error {
  override readonly name = 'AttemptEndedError';

  constructor() {
    super(
      'This attempt has ended: it took too long, its worker stopped, or it was not awaited. Heed ' +
        'abortSignal, and await all work.',
    );
  }
}

/** Thrown at a receiver that would end the transaction of its attempt, before anything has ended. */
export class AttemptTransactionError extends Error {
  override readonly name = 'AttemptTransactionError';

  constructor() {
    super(
      'A durable receiver cannot end the transaction of its attempt, which commits what it writes and that ' +
        'its delivery is done together. Let it throw to undo everything, work in ' +
        'context.manager.transaction(…) to undo a part, and use another manager for what is to stay.',
    );
  }
}

const sealed = new WeakSet<QueryRunner>();

/** Of TypeORM itself, to end what it has begun. */
const LAST = /^(?:COMMIT|ROLLBACK)$/;
/** What it says before, of savepoints that a receiver left open. They end with the transaction anyway. */
const RELEASE = /^RELEASE SAVEPOINT \w+$/;

const ENDS: ReadonlySet<string | undefined> = new Set<TransactionStatement['verb']>([
  'commit',
  'prepare',
  'rollback',
]);

/** Whether one of the statements of a text ends the transaction, and not a savepoint of it. */
function endsTransaction(text: string): boolean {
  return readTransactionControl(text)?.some((statement) => ENDS.has(statement?.verb)) ?? false;
}

/**
 * Keeps the transaction of an attempt for whoever began it: no receiver ends it, and once it is sealed,
 * nothing more gets through but its end.
 */
export function guard(runner: QueryRunner): void {
  const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
  runner.query = (text: string, ...rest: unknown[]) => {
    if (sealed.has(runner)) {
      if (RELEASE.test(text)) return Promise.resolve();
      return LAST.test(text) ? query(text, ...rest) : Promise.reject(new AttemptEndedError());
    }
    return endsTransaction(text)
      ? Promise.reject(new AttemptTransactionError())
      : query(text, ...rest);
  };
  // Before TypeORM tells its subscribers of an end that does not come.
  for (const method of ['commitTransaction', 'rollbackTransaction'] as const) {
    const end = runner[method].bind(runner);
    runner[method] = () => {
      const isOutermost = (runner as CountingRunner).transactionDepth <= 1;
      return isOutermost && !sealed.has(runner)
        ? Promise.reject(new AttemptTransactionError())
        : end();
    };
  }
}

/** TypeORM keeps the depth on every runner, but does not declare it. */
type CountingRunner = QueryRunner & { readonly transactionDepth: number };

/**
 * From now on the guarded transaction can only be ended. What a receiver writes too late would else queue
 * up behind that end, and be committed by itself.
 */
export function seal(runner: QueryRunner): void {
  sealed.add(runner);
}

/** @throws AttemptEndedError */
export function refuseSealed(runner: QueryRunner): void {
  if (sealed.has(runner) || runner.isReleased) throw new AttemptEndedError();
}
