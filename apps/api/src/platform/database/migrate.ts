import { MigrationExecutor, type DataSource } from 'typeorm';
import { ImpatientClient } from './impatient-client.js';

/** Any number, as long as no other program takes it in the same database. */
const MIGRATION_LOCK = 7_741_203;

/**
 * Brings the schema up to date. Processes that start together wait for one another: the first migrates, the
 * others find nothing left to do. Everything happens on one connection, so a pool of one is enough.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const client: unknown = await runner.connect();
  const patience = client instanceof ImpatientClient ? client.patienceMs : 0;
  try {
    if (client instanceof ImpatientClient) client.patienceMs = 0;
    await runner.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await new MigrationExecutor(dataSource, runner).executePendingMigrations();
  } finally {
    await runner.query(
      'SELECT pg_advisory_unlock_all(); RESET statement_timeout; RESET lock_timeout',
    );
    if (client instanceof ImpatientClient) client.patienceMs = patience;
    await runner.release();
  }
}
