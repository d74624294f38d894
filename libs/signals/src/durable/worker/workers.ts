import type { Db, Job, PgBoss } from 'pg-boss';
import { detached, type DurableInfo } from '../../integration/index.js';
import type { DatabaseEffect } from './database-effect.js';
import { ExternalEffect } from './external-effect.js';
import type { Attempts } from './attempts.js';
import type { Engine } from '../engine/engine.js';
import type { Inbox } from './inbox.js';
import { recordedFailure } from './recorded-failure.js';
import type { RelayEffect } from './relay-effect.js';

/** What workers of the three effects run. */
export interface Effects {
  readonly attempts: Attempts;
  readonly inbox: Inbox;
  readonly database: DatabaseEffect;
  readonly relay: RelayEffect;
}

type Run = (jobs: readonly Job[], transaction?: Db) => Promise<unknown>;

/** The workers of one process: for each receiver as many as its concurrency says. */
export class Workers {
  /** The ids of the engine's workers, by queue. */
  readonly #running = new Map<string, string[]>();
  readonly #boss: PgBoss;

  constructor(
    private readonly engine: Engine,
    private readonly effects: Effects,
    /** Seconds between two looks at a queue that nobody gave a hint about. */
    private readonly pollingIntervalSeconds: number,
  ) {
    this.#boss = engine.boss;
  }

  /** Whoever starts a worker is not what its deliveries belong to. */
  start(dispatchUid: string, info: DurableInfo): Promise<void> {
    return detached(() => this.#start(dispatchUid, info));
  }

  async #start(dispatchUid: string, info: DurableInfo): Promise<void> {
    if (this.#running.has(dispatchUid)) return;
    const ids: string[] = [];
    this.#running.set(dispatchUid, ids);
    for (let index = 0; index < info.concurrency; index += 1) {
      ids.push(await this.#work(dispatchUid, info));
    }
  }

  /** No more is taken; nobody waits here for what is under way, the end of the engine does. */
  stop(dispatchUid: string): void {
    if (!this.#running.delete(dispatchUid)) return;
    void this.#boss.offWork(dispatchUid, { wait: false });
  }

  isRunning(dispatchUid: string): boolean {
    return this.#running.has(dispatchUid);
  }

  /** Lets workers look at once; without queues, all of them. */
  wake(dispatchUids: Iterable<string> = this.#running.keys()): void {
    for (const dispatchUid of dispatchUids) {
      for (const id of this.#running.get(dispatchUid) ?? []) this.#boss.notifyWorker(id);
    }
  }

  async #work(dispatchUid: string, info: DurableInfo): Promise<string> {
    let id = '';
    const run = this.#run(dispatchUid, info);
    const again: Run = async (jobs, transaction) => {
      // Where something was, more may be: the worker is to look again instead of sleeping.
      this.#boss.notifyWorker(id);
      try {
        return await run(jobs, transaction);
      } catch (error) {
        // The engine keeps it, and does not ask whether PostgreSQL can.
        throw recordedFailure(error);
      }
    };
    const { pollingIntervalSeconds } = this;
    const shared = { pollingIntervalSeconds, batchSize: info.batch };
    if (info.effect === 'database') {
      id = await this.#boss.work(
        dispatchUid,
        // The bound is set where the transaction begins, without a statement of its own.
        { ...shared, transactional: true, transactionTimeoutSeconds: 0 },
        again,
      );
    } else {
      const perJobResults = info.effect === 'relay';
      id = await this.#boss.work(dispatchUid, { ...shared, perJobResults }, again);
    }
    return id;
  }

  #run(dispatchUid: string, { effect, onUnknownOutcome }: DurableInfo): Run {
    const { attempts, inbox, database, relay } = this.effects;
    if (effect === 'relay') return (jobs) => relay.run(jobs);
    if (effect === 'external') {
      const external = new ExternalEffect(this.engine, attempts, inbox, onUnknownOutcome);
      return (jobs) => external.run(jobs);
    }
    return async (jobs, transaction) => {
      if (!transaction) throw new Error(`'${dispatchUid}' has no transaction to work in.`);
      return database.run(jobs, transaction);
    };
  }
}
