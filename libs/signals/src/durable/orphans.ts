import type { Engine } from './engine.js';
import type { KnownReceivers } from './known-receivers.js';
import { DEAD_LETTERS } from './queues.js';

/** Deliveries that wait for a receiver of which this process knows nothing. */
export interface Orphans {
  readonly receiver: string;
  readonly waiting: number;
  /** Whether no process has known the receiver lately; then they are made dead letters. */
  readonly isGone: boolean;
}

/** Finds the deliveries that nobody here will ever take, and keeps those from being forgotten. */
export class OrphanSearch {
  constructor(
    private readonly engine: Engine,
    private readonly known: KnownReceivers,
  ) {}

  async find(here: ReadonlySet<string>): Promise<readonly Orphans[]> {
    const rows = await this.engine.dataSource.query<{ name: string; waiting: string }[]>(
      `SELECT name, count(*) AS waiting FROM "${this.engine.schema}".job
       WHERE state < 'active' AND name <> '${DEAD_LETTERS}' AND NOT starts_with(name, '__pgboss__')
         AND name <> ALL ($1)
       GROUP BY name ORDER BY name`,
      [[...here]],
    );
    const alive = await this.known.alive();
    return rows.map(({ name, waiting }) => ({
      receiver: name,
      waiting: Number(waiting),
      isGone: !alive.has(name),
    }));
  }

  /** Makes dead letters of them; replaying them works once the receiver is back. */
  async bury(receiver: string): Promise<void> {
    const { boss, dataSource, schema } = this.engine;
    const buried = `No process has had the receiver '${receiver}' lately: was it renamed or removed?`;
    await dataSource.transaction(async (manager) => {
      const waiting = await manager.query<{ id: string; data: unknown }[]>(
        `SELECT id, data FROM "${schema}".job WHERE name = $1 AND state < 'active'
         FOR UPDATE SKIP LOCKED`,
        [receiver],
      );
      if (waiting.length === 0) return;
      const db = this.engine.within(manager);
      const letters = waiting.map(({ data }) => ({
        data: { ...(data as object), receiver, buried },
      }));
      await boss.insert(DEAD_LETTERS, letters, { db });
      await boss.deleteJob(
        receiver,
        waiting.map(({ id }) => id),
        { db },
      );
    });
  }
}
