import type { DataSource } from 'typeorm';
import { EngineDatabase } from './engine-database.js';
import { checkedSchema } from './schema-name.js';

export interface ClearOptions {
  /** The schema of the tables. Default: `signals`. */
  readonly schema?: string;
}

/**
 * Forgets all deliveries, with dead letters, the inbox and what was replayed: for tests that begin with
 * nothing. An attempt that runs meanwhile is undone. Receivers stay known, and paused where they are.
 * Does nothing where the tables were never made.
 *
 * @throws SchemaNameError
 */
export async function clearDeliveries(
  dataSource: DataSource,
  { schema = 'signals' }: ClearOptions = {},
): Promise<void> {
  checkedSchema(schema);
  const database = new EngineDatabase(dataSource, undefined);
  const { rows } = await database.executeSql(
    `SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL AS exists`,
    [`"${schema}".job`, `"${schema}".replay`],
  );
  if (!(rows as { exists: boolean }[])[0]?.exists) return;
  await database.executeSql(
    `WITH jobs AS (DELETE FROM "${schema}".job WHERE NOT starts_with(name, '__pgboss__')),
          effects AS (DELETE FROM "${schema}".effect)
     DELETE FROM "${schema}".replay`,
    [],
  );
}
