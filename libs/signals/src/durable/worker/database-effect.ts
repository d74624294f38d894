import type { Db, Job } from 'pg-boss';
import type { Attempts } from './attempts.js';
import { RunnerDatabase } from '../engine/engine-database.js';
import type { Engine } from '../engine/engine.js';
import type { Inbox } from './inbox.js';
import { recordedFailure } from './recorded-failure.js';
import { readDelivery, type StoredDelivery } from '../outbox/stored-delivery.js';

interface Taken {
  readonly job: Job;
  readonly stored: StoredDelivery;
}

/** How much longer than the receiver the server waits, in milliseconds: for a process that hangs. */
const SERVER_GRACE = 5_000;

/**
 * Runs receivers in the transaction that the engine completes their deliveries in. The engine checks
 * before the commit that this worker still holds what it claimed, and rolls back where it does not:
 * what a receiver writes happens exactly once.
 */
export class DatabaseEffect {
  constructor(
    private readonly engine: Engine,
    private readonly attempts: Attempts,
    private readonly inbox: Inbox,
  ) {}

  async run(jobs: readonly Job[], transaction: Db): Promise<void> {
    if (!(transaction instanceof RunnerDatabase)) throw new Error('The engine changed databases.');
    const [first] = jobs;
    if (first && jobs.length === 1) return this.#runAlone(first, transaction);
    const taken = await this.#readable(jobs, transaction);
    // Without a savepoint for each, in the hope that none fails.
    const isDone = await this.#runTogether(taken, transaction);
    if (!isDone) for (const each of taken) await this.#runApart(each, transaction);
  }

  async #runAlone(job: Job, transaction: RunnerDatabase): Promise<void> {
    try {
      await this.#receive([{ job, stored: readDelivery(job.data) }], transaction);
    } catch (error) {
      await this.attempts.failed(job, error, (text, values) =>
        transaction.afterRollback(text, values),
      );
      throw error;
    }
  }

  /** Whether all went through; if not, they left nothing. */
  async #runTogether(taken: readonly Taken[], transaction: RunnerDatabase): Promise<boolean> {
    try {
      await inSavepoint(transaction, () => this.#receive(taken, transaction));
      return true;
    } catch {
      return false;
    }
  }

  /** In a savepoint of its own, after one of the batch has failed and undone the others. */
  async #runApart(each: Taken, transaction: RunnerDatabase): Promise<void> {
    const { job } = each;
    try {
      await inSavepoint(transaction, () => this.#receive([each], transaction));
    } catch (error) {
      await this.#fail(job, error, transaction);
    }
  }

  async #receive(taken: readonly Taken[], transaction: RunnerDatabase): Promise<void> {
    const [first] = taken;
    if (!first) return;
    const events = taken.map(({ stored }) => stored.eventId);
    const bound = first.job.expireInSeconds * 1_000 + SERVER_GRACE;
    const { receiver } = first.stored;
    const fresh = await this.inbox.claim(transaction, receiver, events, bound);
    for (const { job, stored } of taken) {
      job.signal.throwIfAborted();
      if (!fresh.has(stored.eventId)) continue;
      await this.attempts.receive(job, stored, transaction.manager);
    }
  }

  /** What cannot be read fails for itself, before the others begin. */
  async #readable(jobs: readonly Job[], transaction: RunnerDatabase): Promise<readonly Taken[]> {
    const taken: Taken[] = [];
    for (const job of jobs) {
      try {
        taken.push({ job, stored: readDelivery(job.data) });
      } catch (error) {
        await this.#fail(job, error, transaction);
      }
    }
    return taken;
  }

  async #fail(job: Job, error: unknown, transaction: RunnerDatabase): Promise<void> {
    await this.attempts.failed(job, error, (text, values) => transaction.executeSql(text, values));
    await this.engine.boss.fail(job.name, job, recordedFailure(error), { db: transaction });
  }
}

/**
 * Undoes all of the work when it fails, with savepoints that it left open. In SQL, and released by the
 * commit: TypeORM would take the work's own `rollbackTransaction()` for the end of this one.
 */
async function inSavepoint({ manager }: RunnerDatabase, work: () => Promise<void>): Promise<void> {
  await manager.query('SAVEPOINT signals_attempt');
  try {
    await work();
  } catch (error) {
    await manager.query('ROLLBACK TO SAVEPOINT signals_attempt');
    throw error;
  }
}
