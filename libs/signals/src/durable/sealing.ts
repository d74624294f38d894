import type { QueryRunner } from 'typeorm';

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

const sealed = new WeakSet<QueryRunner>();

/** Of TypeORM itself, to end what it has begun. */
const LAST = /^(?:COMMIT|RELEASE SAVEPOINT \w+|ROLLBACK)$/;

/**
 * Lets nothing more through but the end of the transaction. What a receiver writes too late would else
 * queue up behind that end, and be committed by itself.
 */
export function seal(runner: QueryRunner): void {
  if (sealed.has(runner)) return;
  sealed.add(runner);
  const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
  runner.query = (text: string, ...rest: unknown[]) =>
    LAST.test(text) ? query(text, ...rest) : Promise.reject(new AttemptEndedError());
}

/** @throws AttemptEndedError */
export function refuseSealed(runner: QueryRunner): void {
  if (sealed.has(runner) || runner.isReleased) throw new AttemptEndedError();
}
