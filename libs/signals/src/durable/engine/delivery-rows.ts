import type { EntityManager } from 'typeorm';
import type { Engine } from './engine.js';

/** A delivery as a job of the engine, in the queue of its receiver. */
export interface DeliveryRow {
  readonly id: string;
  readonly receiver: string;
  readonly data: object;
  readonly priority?: number;
  readonly key?: string | undefined;
  /** Milliseconds until it is due. */
  readonly delay?: number;
  /** Its place among those of its key, when it has had one before; as text, to the microsecond. */
  readonly place?: string | undefined;
}

/**
 * Writes deliveries as the engine writes its jobs, but those of all receivers in one statement whose
 * text is always the same, so that it is prepared once. The engine stamps jobs with the beginning of
 * their transaction; here it is the moment of the send: who waited for the lock of another
 * transaction before sending comes after it.
 *
 * @returns the receivers whose deliveries were written: without those that have no queue, and those
 *   whose delivery is there already.
 */
export async function writeDeliveries(
  engine: Engine,
  manager: EntityManager,
  deliveries: readonly DeliveryRow[],
): Promise<ReadonlySet<string>> {
  const { rows } = await engine
    .within(manager)
    .executeSql(insertion(engine.schema), [JSON.stringify(deliveries)]);
  return new Set((rows as { name: string }[]).map(({ name }) => name));
}

const insertion = (schema: string): string => `
  INSERT INTO "${schema}".job (
    id, name, data, priority, singleton_key, created_on, start_after, keep_until, policy, retry_limit,
    retry_delay, retry_backoff, retry_delay_max, expire_seconds, deletion_seconds, dead_letter
  )
  SELECT
    d.id, q.name, d.data, coalesce(d.priority, 0), d.key, coalesce(d.place, clock_timestamp()),
    clock_timestamp() + coalesce(d.delay, 0) * interval '1 ms',
    clock_timestamp() + (coalesce(d.delay, 0) / 1000 + q.retention_seconds) * interval '1 s',
    q.policy, q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.expire_seconds,
    q.deletion_seconds, q.dead_letter
  FROM json_to_recordset($1::text::json) AS d (
    id uuid, receiver text, data jsonb, priority integer, key text, delay float8, place timestamptz
  )
  JOIN "${schema}".queue q ON q.name = d.receiver
  ON CONFLICT DO NOTHING
  RETURNING name`;
