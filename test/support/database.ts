import { randomBytes } from 'node:crypto';

import { Client } from 'pg';
import { DataSource } from 'typeorm';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of one's own on the server of this run: empty, or a copy of the template. */
export async function createDatabase(options: { template?: string } = {}): Promise<TestDatabase> {
  const { prefix } = testServer();
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  const { template = 'template0' } = options;
  await withServer((client) => client.query(`create database "${name}" template "${template}"`));
  return {
    url: urlOf(name),
    async drop() {
      await withServer((client) => client.query(`drop database if exists "${name}" with (force)`));
    },
  };
}

/** A database as the application's migrations make it. */
export async function createApplicationDatabase(): Promise<TestDatabase> {
  const template = `${testServer().prefix}_application`;
  await withServer((client) => ensureMigrated(client, template));
  return createDatabase({ template });
}

/** The workers of a run share one template: the first makes it, the others wait for it. */
async function ensureMigrated(client: Client, template: string): Promise<void> {
  await client.query('select pg_advisory_lock(hashtext($1))', [template]);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
  if (rowCount !== 0) return;

  const migrating = `${template}_migrating`;
  await client.query(`drop database if exists "${migrating}" with (force)`);
  await client.query(`create database "${migrating}" template template0`);
  await migrate(urlOf(migrating));
  await client.query(`alter database "${migrating}" rename to "${template}"`);
}

async function migrate(url: string): Promise<void> {
  const { MIGRATIONS } = await import('../../apps/api/migrations/index.js');
  const dataSource = new DataSource({ type: 'postgres', url, migrations: [...MIGRATIONS] });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}

async function withServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: testServer().url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(testServer().url);
  url.pathname = `/${database}`;
  return url.href;
}

function testServer(): { readonly url: string; readonly prefix: string } {
  const { TEST_DATABASE_URL: url, TEST_DATABASE_PREFIX: prefix } = process.env;
  if (url && prefix) return { url, prefix };
  throw new Error(
    'There is no database to test on. Start tests through npm: npm test -- <part of a path>',
  );
}
