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
 * What the library keeps beside the engine's tables: the inbox of effects, the receivers that any
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

/** Makes or repairs what is missing, and nothing else: only its owner may so much as name a table here. */
function* statements(schema: string, { columns: known, indexes }: SchemaState): Generator<string> {
  for (const [table, { columns, constraints = [] }] of Object.entries(TABLES)) {
    const declared = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
    const missing = Object.entries(columns).filter(([column]) => !known.has(`${table}.${column}`));
    if (missing.length === declared.length) {
      const all = [...declared, ...constraints].join(', ');
      yield `CREATE TABLE "${schema}".${table} (${all})`;
      continue;
    }
    for (const [column, type] of missing) {
      yield `ALTER TABLE "${schema}".${table} ADD COLUMN ${column} ${type}`;
    }
  }
  for (const [index, [table, of]] of Object.entries(INDEXES)) {
    if (!indexes.has(index)) yield `CREATE INDEX ${index} ON "${schema}".${table} ${of}`;
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
    if (isUpToDate(await stateOf(database, schema), schema)) return;
    await inTurn(database, schema, async () => {
      const state = await stateOf(database, schema);
      if (!isUpToDate(state, schema)) await makeTables(runner, schema, state);
    });
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

/** What there is of what this build needs. */
interface SchemaState {
  readonly hasSchema: boolean;
  /** By table and column. */
  readonly columns: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
  /** 0 before there were any. */
  readonly version: number;
}

const COLUMNS = Object.entries(TABLES).flatMap(([table, { columns }]) =>
  Object.keys(columns).map((column) => `${table}.${column}`),
);

/** @throws SchemaVersionError */
function isUpToDate({ columns, indexes, version }: SchemaState, schema: string): boolean {
  if (version > VERSION) throw new SchemaVersionError(schema, version, VERSION);
  const isComplete =
    columns.size === COLUMNS.length && indexes.size === Object.keys(INDEXES).length;
  return isComplete && version === VERSION;
}

async function stateOf(database: RunnerDatabase, schema: string): Promise<SchemaState> {
  const { rows } = await database.executeSql(
    `SELECT n.oid IS NOT NULL AS "hasSchema",
            ARRAY(SELECT c.relname || '.' || a.attname
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = n.oid AND c.relname || '.' || a.attname = ANY ($2)
               AND NOT a.attisdropped) AS columns,
            ARRAY(SELECT c.relname::text FROM pg_class c
             WHERE c.relnamespace = n.oid AND c.relname = ANY ($3) AND c.relkind = 'i') AS indexes
     FROM (SELECT (SELECT oid FROM pg_namespace WHERE nspname = $1)) AS n (oid)`,
    [schema, COLUMNS, Object.keys(INDEXES)],
  );
  const [found] = rows as {
    hasSchema: boolean;
    columns: readonly string[];
    indexes: readonly string[];
  }[];
  const { hasSchema = false, columns = [], indexes = [] } = found ?? {};
  const hasVersion = columns.includes('schema_version.version');
  return {
    hasSchema,
    columns: new Set(columns),
    indexes: new Set(indexes),
    version: hasVersion ? await versionIn(database, schema) : 0,
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

async function makeTables(runner: QueryRunner, schema: string, state: SchemaState): Promise<void> {
  await runner.manager.transaction(async (manager) => {
    // Even with IF NOT EXISTS it asks for a right on the database.
    if (!state.hasSchema) await manager.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    for (const statement of statements(schema, state)) await manager.query(statement);
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
