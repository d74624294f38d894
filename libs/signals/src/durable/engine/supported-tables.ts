import type { EngineDatabase } from './engine-database.js';

/**
 * What the library's own statements read and write of pg-boss' tables, which pg-boss promises nobody. Each
 * minor version may change them.
 */
const READ: Readonly<Record<string, string>> = {
  job: `id name data priority policy state blocked output dead_letter retry_limit retry_count retry_delay
    retry_backoff retry_delay_max singleton_key created_on start_after started_on keep_until expire_seconds
    deletion_seconds source_name source_id source_created_on source_retry_count source_output`,
  queue: `name policy active_count dead_letter expire_seconds retention_seconds deletion_seconds retry_limit
    retry_delay retry_backoff retry_delay_max`,
};

/** Thrown at start when the installed pg-boss keeps jobs in tables of another shape than those known here. */
export class UnsupportedEngineError extends Error {
  override readonly name = 'UnsupportedEngineError';

  constructor(
    schema: string,
    readonly missing: readonly string[],
  ) {
    super(
      `The tables of pg-boss in schema '${schema}' have no ${missing.join(', no ')}, which durable signals ` +
        'read or write. They work with pg-boss 12 from 12.35 on: install such a version, or a later one of ' +
        'nestjs-signals.',
    );
  }
}

/**
 * To be called when pg-boss has brought its tables up to date, before anything is written to them.
 *
 * @throws UnsupportedEngineError
 */
export async function assertSupported(database: EngineDatabase, schema: string): Promise<void> {
  const wanted = Object.entries(READ).flatMap(([table, columns]) =>
    columns.split(/\s+/).map((column) => `${table}.${column}`),
  );
  const { rows } = await database.executeSql(
    `SELECT wanted.name FROM unnest($2::text[]) WITH ORDINALITY AS wanted (name, place)
     WHERE NOT EXISTS (
       SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
         AND c.relname || '.' || a.attname = wanted.name AND NOT a.attisdropped
     ) ORDER BY wanted.place`,
    [schema, wanted],
  );
  const missing = (rows as { name: string }[]).map(({ name }) => name);
  if (missing.length > 0) throw new UnsupportedEngineError(schema, missing);
}
