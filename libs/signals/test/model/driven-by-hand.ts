import type { QueryRunner } from 'typeorm';
import { nameOf, processOf, untilReleased } from './connection.js';
import type { Stage } from './stage.js';
import { LOST, type How, type StepOf } from './step.js';

/** Does the work between the start of a level and its end. */
export async function byHand(
  runner: QueryRunner,
  work: () => Promise<void>,
  how: Exclude<How, 'atomic' | 'transaction'>,
): Promise<void> {
  try {
    await runner.startTransaction();
    await work();
    if (how === 'byHand') await runner.commitTransaction();
    else await runner.query(how === 'byCommit' ? 'COMMIT' : 'ROLLBACK');
  } catch (error) {
    const undo = how === 'byRollback' ? runner.query('ROLLBACK') : runner.rollbackTransaction();
    await undo.catch(() => {});
    throw error;
  }
}

/** Ends the connection by a statement on it, or from outside while it is idle. */
export async function kill(
  runner: QueryRunner,
  from: StepOf<'kill'>['from'],
  stage: Stage,
): Promise<void> {
  if (from === 'outside' && runner.isReleased) return;
  const pid = await processOf(runner);
  const isDead = async () => {
    await untilReleased(runner);
    await stage.untilGone(pid);
  };
  if (from === 'outside') {
    await stage.terminate(pid);
    return isDead();
  }
  try {
    await runner.query('SELECT pg_terminate_backend(pg_backend_pid())');
  } catch (error) {
    if (nameOf(error) === LOST) await isDead();
    throw error;
  }
}
