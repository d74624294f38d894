import type { DataSource, QueryRunner } from 'typeorm';

/** Thrown where signals are to be attached to a data source whose transactions they cannot follow. */
export class UnsupportedDatabaseError extends Error {
  override readonly name = 'UnsupportedDatabaseError';

  constructor(type: string) {
    super(
      'Signals follow transactions by what PostgreSQL answers, and this data source is of type ' +
        `'${type}'. Attach PostgreSQL data sources alone.`,
    );
  }
}

/**
 * Refuses what the library cannot follow, before anything of it is watched.
 *
 * @throws UnsupportedDatabaseError for a database that is not PostgreSQL; TypeError for a TypeORM
 * without the internals that are read.
 */
export function assertSupported(dataSource: DataSource): void {
  const { type } = dataSource.options;
  if (type !== 'postgres') throw new UnsupportedDatabaseError(type);
  const runner: QueryRunner & { transactionDepth?: unknown } = dataSource.createQueryRunner();
  if (typeof runner.transactionDepth !== 'number') {
    throw new TypeError(
      'This version of TypeORM does not tell how deep transactions nest (transactionDepth). Use ' +
        'one that nestjs-signals names as supported.',
    );
  }
}
