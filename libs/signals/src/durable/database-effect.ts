import type { Db, Job } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import type { Attempts } from './attempts.js';
import { RunnerDatabase } from './engine-database.js';
import type { Engine } from './engine.js';
import type { Ledger } from './ledger.js';
import type { StoredDelivery } from './stored-delivery.js';

interface Taken {
  readonly job: Job;
  readonly stored: StoredDelivery;
}

/**
 * Runs receivers in the transaction that the engine completes their deliveries in. The engine checks
 * before the commit that this worker still holds what it claimed, and rolls back where it does not:
 * what a receiver writes happens exactly once.
 */
export class DatabaseEffect {
  constructor(
    private readonly engine: Engine,
    private readonly attempts: Attempts,
    private readonly ledger: Ledger,
  ) {}

  async run(jobs: readonly Job[], transaction: Db): Promise<void> {
    if (!(transaction instanceof RunnerDatabase)) throw new Error('The engine changed databases.');
    const { manager } = transaction;
    const [first] = jobs;
    if (first && jobs.length === 1) return this.#runAlone(first, manager);
    const taken = await this.#readable(jobs, transaction);
    const isDone = await succeeded(manager, () => this.#runTogether(taken, manager));
    if (!isDone) for (const each of taken) await this.#runApart(each, manager, transaction);
  }

  async #runAlone(job: Job, manager: EntityManager): Promise<void> {
    const stored = await this.attempts.read(job);
    try {
      await this.#receive([{ job, stored }], manager);
    } catch (error) {
      await this.attempts.giveUpIfHopeless(job, error);
      throw error;
    }
  }

  /** Without savepoints, in the hope that none fails; what is rolled back has not happened. */
  #runTogether(taken: readonly Taken[], manager: EntityManager): Promise<void> {
    return this.#receive(taken, manager);
  }

  /** Each in a savepoint of its own, after one of the batch has failed. */
  async #runApart(each: Taken, manager: EntityManager, transaction: Db): Promise<void> {
    const { job } = each;
    try {
      await manager.transaction((inner) => this.#receive([each], inner));
    } catch (error) {
      await this.attempts.giveUpIfHopeless(job, error);
      await this.engine.boss.fail(job.name, job, error as object, { db: transaction });
    }
  }

  async #receive(taken: readonly Taken[], manager: EntityManager): Promise<void> {
    const [first] = taken;
    if (!first) return;
    const events = taken.map(({ stored }) => stored.eventId);
    const fresh = await this.ledger.claim(manager, first.stored.receiver, events);
    for (const { job, stored } of taken) {
      if (fresh.has(stored.eventId)) await this.attempts.receive(job, stored, manager);
    }
  }

  /** What cannot be read fails for itself, before the others begin. */
  async #readable(jobs: readonly Job[], transaction: Db): Promise<readonly Taken[]> {
    const taken: Taken[] = [];
    for (const job of jobs) {
      try {
        taken.push({ job, stored: await this.attempts.read(job) });
      } catch (error) {
        await this.engine.boss.fail(job.name, job, error as object, { db: transaction });
      }
    }
    return taken;
  }
}

/** Whether work in a savepoint went through; if not, it left nothing. */
async function succeeded(manager: EntityManager, work: () => Promise<void>): Promise<boolean> {
  try {
    await manager.transaction(work);
    return true;
  } catch {
    return false;
  }
}
