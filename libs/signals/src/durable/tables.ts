import type { DataSource } from 'typeorm';

/**
 * What the library keeps beside the engine's tables: the ledger of effects, the receivers that any
 * process knows, and the replays of dead letters.
 */
const statements = (schema: string): readonly string[] => [
  `CREATE SCHEMA IF NOT EXISTS "${schema}"`,
  `CREATE TABLE IF NOT EXISTS "${schema}".effect (
    event_id uuid NOT NULL,
    receiver text NOT NULL,
    state text NOT NULL CHECK (state IN ('sending', 'failed', 'done')),
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, receiver)
  )`,
  `CREATE INDEX IF NOT EXISTS effect_at ON "${schema}".effect (at)`,
  `CREATE TABLE IF NOT EXISTS "${schema}".receiver (
    dispatch_uid text PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now(),
    paused_at timestamptz
  )`,
  `CREATE TABLE IF NOT EXISTS "${schema}".replay (
    dead_letter_id uuid PRIMARY KEY,
    event_id uuid,
    receiver text NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL,
    died_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT now(),
    outcome text NOT NULL CHECK (outcome IN ('replayed', 'discarded')),
    replayed_to text
  )`,
  `ALTER TABLE "${schema}".replay ADD COLUMN IF NOT EXISTS replayed_to text`,
  `CREATE INDEX IF NOT EXISTS replay_delivery ON "${schema}".replay ((event_id || ':' || receiver))`,
  `CREATE INDEX IF NOT EXISTS replay_target ON "${schema}".replay ((event_id || ':' || replayed_to))
   WHERE replayed_to IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS replay_ended ON "${schema}".replay (ended_at)`,
];

/**
 * Makes the tables where they are missing. Processes that start together wait for one another, before
 * their transactions begin: inside one PostgreSQL would go on believing that there is no such schema.
 */
export async function createTables(dataSource: DataSource, schema: string): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const lock = `hashtext('${schema}.tables')`;
  try {
    await runner.query(`SELECT pg_advisory_lock(${lock})`);
    await runner.manager.transaction(async (manager) => {
      for (const statement of statements(schema)) await manager.query(statement);
    });
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(${lock})`);
    await runner.release();
  }
}

/** Whether there is nothing to create, so that a role without that right can start. */
export async function hasTables(dataSource: DataSource, schema: string): Promise<boolean> {
  const [row] = await dataSource.query<{ found: string | null }[]>(
    'SELECT to_regclass($1) AS found',
    [`"${schema}".replay_ended`], // what is made last
  );
  return row?.found !== null && row !== undefined;
}
