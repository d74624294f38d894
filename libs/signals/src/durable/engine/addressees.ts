import type { DataSource } from 'typeorm';
import { EngineDatabase } from './engine-database.js';
import { DEAD_LETTERS } from './queues.js';

/** A receiver that deliveries are kept for, as these name it, whether or not it still exists. */
export interface ReceiverBacklog {
  /** Its `dispatchUid`. */
  readonly receiver: string;
  /** What the deliveries call their signal; undefined where they cannot be read. */
  readonly signal: string | undefined;
  /** What they call the sender whose sends the receiver hears. */
  readonly sender: string | undefined;
  /** Which of several receivers, where their senders have one name; undefined for the first. */
  readonly namesake: number | undefined;
  /** Deliveries that wait, are to be tried again, or are being worked on. */
  readonly waiting: number;
  /** Deliveries that failed for good. */
  readonly dead: number;
}

/** Whom the deliveries are for that are not done, by name; nobody where the tables were never made. */
export async function receiverBacklogs(
  dataSource: DataSource,
  schema: string,
): Promise<readonly ReceiverBacklog[]> {
  const table = `"${schema}".job`;
  const database = new EngineDatabase(dataSource, undefined);
  const known = await database.executeSql('SELECT to_regclass($1) IS NOT NULL AS exists', [table]);
  if (!(known.rows as { exists: boolean }[])[0]?.exists) return [];
  const { rows } = await database.executeSql(
    `SELECT receiver, signal, sender, namesake::integer,
            count(*) FILTER (WHERE NOT is_dead)::integer AS waiting,
            count(*) FILTER (WHERE is_dead)::integer AS dead
     FROM (SELECT name = '${DEAD_LETTERS}' AS is_dead,
                  CASE WHEN name = '${DEAD_LETTERS}'
                    THEN coalesce(source_name, data->>'receiver', 'unknown') ELSE name
                  END AS receiver,
                data->>'signal' AS signal, data->>'sentTo' AS sender, data->>'namesake' AS namesake
           FROM ${table}
           WHERE state <= 'active' AND NOT starts_with(name, '__pgboss__')) AS kept
     GROUP BY receiver, signal, sender, namesake ORDER BY receiver, signal, sender, namesake`,
    [],
  );
  return (rows as AddresseeRow[]).map(({ signal, sender, namesake, ...row }) => ({
    ...row,
    signal: signal ?? undefined,
    sender: sender ?? undefined,
    namesake: namesake ?? undefined,
  }));
}

interface AddresseeRow extends Pick<ReceiverBacklog, 'receiver' | 'waiting' | 'dead'> {
  readonly signal: string | null;
  readonly sender: string | null;
  readonly namesake: number | null;
}
