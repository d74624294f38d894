import type { Engine } from './engine.js';
import type { ReceiverHeartbeats } from '../worker/receiver-heartbeats.js';
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
    private readonly known: ReceiverHeartbeats,
  ) {}

  async find(here: ReadonlySet<string>): Promise<readonly Orphans[]> {
    const rows = await this.engine.query<{ name: string; waiting: string }>(
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
  async deadLetterOrphans(receiver: string): Promise<void> {
    const { schema } = this.engine;
    const message = `No process has had the receiver '${receiver}' lately: was it renamed or removed?`;
    await this.engine.query(
      `WITH gone AS (
         DELETE FROM "${schema}".job WHERE name = $1 AND state < 'active' RETURNING *
       )
       INSERT INTO "${schema}".job (
         name, data, priority, singleton_key, keep_until, deletion_seconds, source_name, source_id,
         source_created_on, source_retry_count, source_output
       )
       SELECT
         q.name, gone.data, gone.priority, gone.singleton_key,
         now() + q.retention_seconds * interval '1 s', q.deletion_seconds, gone.name, gone.id,
         gone.created_on, CASE WHEN gone.started_on IS NOT NULL THEN gone.retry_count END, $2
       FROM gone JOIN "${schema}".queue q ON q.name = '${DEAD_LETTERS}'`,
      [receiver, JSON.stringify({ message })],
    );
  }
}
