/** Thrown when a schema is named that the tables of durable signals cannot be kept in. */
export class SchemaNameError extends Error {
  override readonly name = 'SchemaNameError';

  constructor(schema: unknown) {
    super(
      `The schema of durable signals cannot be ${JSON.stringify(schema)}: a name of 1 to ${LONGEST} bytes is ` +
        'expected, as the catalog has it, without quotes around it. Letters of either case, digits, spaces ' +
        'and hyphens are fine; quotes, periods, dollar and percent signs, backslashes and control ' +
        'characters are not.',
    );
  }
}

/** In bytes: PostgreSQL cuts longer names, and some are made of this one and more. */
const LONGEST = 50;
/** The engine has the name in literals and in functions that it makes. */
const UNFIT = /["'%$.\\\p{Cc}]/u;

/**
 * The name, if a schema can have it.
 *
 * @throws SchemaNameError
 */
export function checkedSchema(schema: string): string {
  const isFit = typeof schema === 'string' && schema !== '' && !UNFIT.test(schema);
  if (isFit && Buffer.byteLength(schema) <= LONGEST) return schema;
  throw new SchemaNameError(schema);
}
