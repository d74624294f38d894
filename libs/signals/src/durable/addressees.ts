import type { DataSource } from 'typeorm';
import { DEAD_LETTERS } from './queues.js';

/** A receiver that deliveries are kept for, whether or not it still exists. */
export interface Addressee {
  /** Its `dispatchUid`. */
  readonly receiver: string;
  /** Deliveries that wait, are to be tried again, or are being worked on. */
  readonly waiting: number;
  /** Deliveries that failed for good. */
  readonly dead: number;
}

/** Whom the deliveries are for that are not done, by name; nobody where the tables were never made. */
export async function findAddressees(
  dataSource: DataSource,
  schema: string,
): Promise<readonly Addressee[]> {
  const table = `"${schema}".job`;
  const [known] = await dataSource.query<{ exists: boolean }[]>(
    'SELECT to_regclass($1) IS NOT NULL AS exists',
    [table],
  );
  if (!known?.exists) return [];
  return dataSource.query<Addressee[]>(
    `SELECT receiver,
            count(*) FILTER (WHERE NOT is_dead)::integer AS waiting,
            count(*) FILTER (WHERE is_dead)::integer AS dead
     FROM (SELECT name = '${DEAD_LETTERS}' AS is_dead,
                  CASE WHEN name = '${DEAD_LETTERS}'
                    THEN coalesce(source_name, data->>'receiver', 'unknown') ELSE name
                  END AS receiver
           FROM ${table}
           WHERE state <= 'active' AND NOT starts_with(name, '__pgboss__')) AS kept
     GROUP BY receiver ORDER BY receiver`,
  );
}
