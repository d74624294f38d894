import type { DataSource, QueryRunner } from 'typeorm';
import { EngineDatabase, type RunnerDatabase } from './engine-database.js';
import { SchemaPermissionError, SchemaVersionError, isPermissionDenied } from './schema.errors.js';

/** Of what this build keeps beside the engine's tables. Raised with every change of it. */
const VERSION = 1;

interface Table {
  readonly columns: Readonly<Record<string, string>>;
  readonly constraints?: readonly string[];
}

/**
 * What the library keeps beside the engine's tables: the ledger of effects, the receivers that any
 * process knows, the replays of dead letters, and the version of all this.
 */
const TABLES: Readonly<Record<string, Table>> = {
  schema_version: {
    columns: {
      only_row: 'boolean PRIMARY KEY DEFAULT true CHECK (only_row)',
      version: 'integer NOT NULL',
    },
  },
  effect: {
    columns: {
      event_id: 'uuid NOT NULL',
      receiver: 'text NOT NULL',
      state: "text NOT NULL CHECK (state IN ('sending', 'failed', 'done'))",
      at: 'timestamptz NOT NULL DEFAULT now()',
    },
    constraints: ['PRIMARY KEY (event_id, receiver)'],
  },
  receiver: {
    columns: {
      dispatch_uid: 'text PRIMARY KEY',
      seen_at: 'timestamptz NOT NULL DEFAULT now()',
      paused_at: 'timestamptz',
    },
  },
  replay: {
    columns: {
      dead_letter_id: 'uuid PRIMARY KEY',
      event_id: 'uuid',
      receiver: 'text NOT NULL',
      reason: 'text NOT NULL',
      attempts: 'integer NOT NULL',
      died_at: 'timestamptz NOT NULL',
      ended_at: 'timestamptz NOT NULL DEFAULT now()',
      outcome: "text NOT NULL CHECK (outcome IN ('replayed', 'discarded'))",
      replayed_to: 'text',
    },
  },
};

const INDEXES: Readonly<Record<string, readonly [table: string, of: string]>> = {
  effect_at: ['effect', '(at)'],
  replay_delivery: ['replay', "((event_id || ':' || receiver))"],
  replay_target: ['replay', "((event_id || ':' || replayed_to)) WHERE replayed_to IS NOT NULL"],
  replay_ended: ['replay', '(ended_at)'],
};

/** Makes or repairs what is missing; each statement leaves alone what is there. */
function* statements(schema: string): Generator<string> {
  for (const [table, { columns, constraints = [] }] of Object.entries(TABLES)) {
    const declared = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
    const all = [...declared, ...constraints].join(', ');
    yield `CREATE TABLE IF NOT EXISTS "${schema}".${table} (${all})`;
    for (const column of declared) {
      yield `ALTER TABLE "${schema}".${table} ADD COLUMN IF NOT EXISTS ${column}`;
    }
  }
  for (const [index, [table, of]] of Object.entries(INDEXES)) {
    yield `CREATE INDEX IF NOT EXISTS ${index} ON "${schema}".${table} ${of}`;
  }
}

/**
 * Brings the library's own tables to what this build needs, where they are not: so a role that may not
 * create any can start where nothing is missing.
 *
 * @throws SchemaVersionError for tables of a later build; SchemaPermissionError.
 */
export async function prepareSchema(dataSource: DataSource, schema: string): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const database = new EngineDatabase(dataSource, undefined).within(runner);
  try {
    const { isComplete, hasSchema, version } = await stateOf(database, schema);
    if (version > VERSION) throw new SchemaVersionError(schema, version, VERSION);
    if (isComplete && version === VERSION) return;
    await inTurn(database, schema, () => makeTables(runner, schema, hasSchema));
  } catch (error) {
    if (!isPermissionDenied(error)) throw error;
    throw await permissionError(database, schema, error);
  } finally {
    await runner.release();
  }
}

/** What went wrong while tables were made, by the engine or here, as somebody can mend it. */
export async function explained(
  dataSource: DataSource,
  schema: string,
  error: unknown,
): Promise<unknown> {
  if (!isPermissionDenied(error)) return error;
  return permissionError(new EngineDatabase(dataSource, undefined), schema, error);
}

interface SchemaState {
  readonly hasSchema: boolean;
  readonly isComplete: boolean;
  /** 0 before there were any. */
  readonly version: number;
}

async function stateOf(database: RunnerDatabase, schema: string): Promise<SchemaState> {
  const columns = Object.entries(TABLES).flatMap(([table, { columns: own }]) =>
    Object.keys(own).map((column) => [table, column] as const),
  );
  const { rows } = await database.executeSql(
    `SELECT n.oid IS NOT NULL AS "hasSchema",
            (SELECT count(*)::integer FROM unnest($2::text[], $3::text[]) AS wanted (relation, attribute)
             WHERE EXISTS (
               SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE c.relnamespace = n.oid AND c.relname = relation AND a.attname = attribute
                 AND NOT a.attisdropped
             )) AS columns,
            (SELECT count(*)::integer FROM pg_class c
             WHERE c.relnamespace = n.oid AND c.relname = ANY ($4) AND c.relkind = 'i') AS indexes,
            EXISTS (SELECT FROM pg_class c
             WHERE c.relnamespace = n.oid AND c.relname = 'schema_version') AS "hasVersion"
     FROM (SELECT (SELECT oid FROM pg_namespace WHERE nspname = $1)) AS n (oid)`,
    [
      schema,
      columns.map(([table]) => table),
      columns.map(([, name]) => name),
      Object.keys(INDEXES),
    ],
  );
  const [found] = rows as {
    hasSchema: boolean;
    columns: number;
    indexes: number;
    hasVersion: boolean;
  }[];
  if (!found?.hasSchema) return { hasSchema: false, isComplete: false, version: 0 };
  const isComplete =
    found.columns === columns.length && found.indexes === Object.keys(INDEXES).length;
  return {
    hasSchema: true,
    isComplete,
    version: found.hasVersion ? await versionIn(database, schema) : 0,
  };
}

async function versionIn(database: RunnerDatabase, schema: string): Promise<number> {
  const { rows } = await database.executeSql(`SELECT version FROM "${schema}".schema_version`, []);
  return (rows as { version: number }[])[0]?.version ?? 0;
}

/**
 * Processes that start together wait for one another, before their transactions begin: inside one
 * PostgreSQL would go on believing that there is no such schema.
 */
async function inTurn(
  database: RunnerDatabase,
  schema: string,
  work: () => Promise<void>,
): Promise<void> {
  const lock = [`${schema}.tables`];
  await database.executeSql('SELECT pg_advisory_lock(hashtext($1))', lock);
  try {
    await work();
  } finally {
    await database.executeSql('SELECT pg_advisory_unlock(hashtext($1))', lock);
  }
}

async function makeTables(runner: QueryRunner, schema: string, hasSchema: boolean): Promise<void> {
  await runner.manager.transaction(async (manager) => {
    // Even with IF NOT EXISTS it asks for a right on the database.
    if (!hasSchema) await manager.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    for (const statement of statements(schema)) await manager.query(statement);
    await manager.query(
      `INSERT INTO "${schema}".schema_version (version) VALUES ($1)
       ON CONFLICT (only_row) DO UPDATE SET version = greatest(schema_version.version, $1)`,
      [VERSION],
    );
  });
}

async function permissionError(
  database: Pick<RunnerDatabase, 'executeSql'>,
  schema: string,
  cause: unknown,
): Promise<SchemaPermissionError> {
  const { rows } = await database.executeSql(
    `SELECT current_user AS role, current_database() AS database,
            EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS "hasSchema"`,
    [schema],
  );
  const [where] = rows as { role: string; database: string; hasSchema: boolean }[];
  return new SchemaPermissionError(schema, where, cause);
}
