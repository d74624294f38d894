/** Thrown at start when the tables in the database were made by a later build. */
export class SchemaVersionError extends Error {
  override readonly name = 'SchemaVersionError';

  constructor(schema: string, found: number, known: number) {
    super(
      `The tables of durable signals in schema '${schema}' have version ${found}, and this build knows ` +
        `version ${known}. Run the build that made them, or a later one.`,
    );
  }
}

/** Thrown at start when the role of the data source may not make, or use, what is missing. */
export class SchemaPermissionError extends Error {
  override readonly name = 'SchemaPermissionError';

  constructor(
    schema: string,
    where:
      { readonly role: string; readonly database: string; readonly hasSchema: boolean } | undefined,
    cause: unknown,
  ) {
    const { role = 'the role', database = 'the database', hasSchema = false } = where ?? {};
    const grant = hasSchema
      ? `GRANT USAGE, CREATE ON SCHEMA "${schema}" TO "${role}"`
      : `CREATE SCHEMA "${schema}" AUTHORIZATION "${role}"`;
    super(
      `The role '${role}' may not make or use the tables of durable signals in schema '${schema}' of ` +
        `'${database}' (${messageOf(cause)}). Either let it: ${grant}; or start once as a role that may, and ` +
        `then: GRANT USAGE ON SCHEMA "${schema}" TO "${role}"; GRANT SELECT, INSERT, UPDATE, DELETE ` +
        `ON ALL TABLES IN SCHEMA "${schema}" TO "${role}";`,
      { cause },
    );
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';

export function isPermissionDenied(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === INSUFFICIENT_PRIVILEGE;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
