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

/** Thrown where a data source of TypeORM is needed and something else is given, such as a mock, or nothing. */
export class NoDataSourceError extends Error {
  override readonly name = 'NoDataSourceError';

  constructor(need: string) {
    super(
      `${need} A unit test without a database hands over standInDataSource() of nestjs-signals/testing.`,
    );
  }
}

/**
 * Refuses what the library cannot follow, before anything of it is watched.
 *
 * @throws NoDataSourceError; UnsupportedDatabaseError for a database that is not PostgreSQL; TypeError for a TypeORM
 * without the internals that are read.
 */
export function assertSupported(dataSource: DataSource): void {
  if (!isDataSource(dataSource)) {
    const given = typeof dataSource === 'object' && dataSource !== null;
    throw new NoDataSourceError(
      `Transactions are followed on a DataSource of TypeORM, and this is ${given ? 'another object' : String(dataSource)}.`,
    );
  }
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

/** By what is used of it: another copy of TypeORM has another class. */
export function isDataSource(given: unknown): given is DataSource {
  if (typeof given !== 'object' || given === null) return false;
  const { options, createQueryRunner } = given as Partial<DataSource>;
  return typeof options === 'object' && typeof createQueryRunner === 'function';
}
