import type { Engine } from './engine.js';
import { DEAD_LETTERS } from './queues.js';

/** How many deliveries there are that are not done, in all processes together. */
export interface DeliveryCounts {
  readonly states: {
    /** Not due yet. */
    readonly delayed: number;
    /** Due, and never tried. */
    readonly waiting: number;
    /** Failed, and to be tried again. */
    readonly retrying: number;
    /** Being worked on, as the engine last counted: up to five seconds ago. */
    readonly active: number;
    /** Failed for good. */
    readonly dead: number;
  };
  /** How long the one that is due longest has waited, in seconds; 0 when none is due. */
  readonly oldestPendingSeconds: number;
  /**
   * Since when no worker has said that it is there, in seconds; each says so once a minute. Undefined
   * when there never was one. A process without workers says it once, when it starts.
   */
  readonly workerSeenSeconds: number | undefined;
}

/**
 * Counts what waits by the indexes that the engine takes it by. What is done is left alone: there may be
 * millions of it, and it has no index; so what is active is taken from the engine's own counts.
 */
export async function countDeliveries(engine: Engine): Promise<DeliveryCounts> {
  const { schema } = engine;
  const [row] = await engine.query<Record<string, string | null>>(
    `SELECT count(*) FILTER (WHERE is_delivery AND state = 'created' AND start_after > now()) AS delayed,
            count(*) FILTER (WHERE is_delivery AND state = 'created' AND start_after <= now()) AS waiting,
            count(*) FILTER (WHERE is_delivery AND state = 'retry') AS retrying,
            count(*) FILTER (WHERE NOT is_delivery) AS dead,
            (SELECT sum(active_count) FROM "${schema}".queue
             WHERE NOT starts_with(name, '__pgboss__')) AS active,
            (SELECT extract(epoch FROM now() - max(seen_at)) FROM "${schema}".receiver) AS seen,
            extract(epoch FROM now() - min(start_after)
              FILTER (WHERE is_delivery AND start_after <= now())) AS age
     FROM (SELECT state, start_after, name <> '${DEAD_LETTERS}' AS is_delivery
           FROM "${schema}".job
           WHERE state < 'active' AND NOT blocked AND NOT starts_with(name, '__pgboss__')) AS waits`,
  );
  const count = (column: string): number => Number(row?.[column] ?? 0);
  return {
    states: {
      delayed: count('delayed'),
      waiting: count('waiting'),
      retrying: count('retrying'),
      active: count('active'),
      dead: count('dead'),
    },
    oldestPendingSeconds: Math.max(0, count('age')),
    workerSeenSeconds: row?.['seen'] === null ? undefined : Math.max(0, count('seen')),
  };
}
