import { randomBytes } from 'node:crypto';

import pg from 'pg';

/** What it takes to find a database as it was made: without whoever is still in it, and without tables. */
const EMPTY = `
  SET statement_timeout = '5s';
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid();
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$' LOOP
      EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    CREATE SCHEMA public;
  END $$`;

/** Connections to the databases of this process that are not in use. @type {pg.Client[]} */
const free = [];

/**
 * What test/support/database.ts gives a spec, for one that runs once for every mutant: to make and
 * drop a database takes longer than its tests.
 */
export async function createDatabase() {
  const client = (await emptied(free.pop())) ?? (await made());
  const url = urlOf(`${client.database}`);
  return {
    url,
    async drop() {
      free.push(client);
    },
  };
}

/** Undefined for what cannot be emptied: a mutant has left a lock that nobody holds any more. */
async function emptied(/** @type {pg.Client | undefined} */ client) {
  try {
    await client?.query(EMPTY);
    return client;
  } catch {
    await client?.end();
    return undefined;
  }
}

async function made() {
  const { TEST_DATABASE_URL: url, TEST_DATABASE_PREFIX: prefix } = process.env;
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  const server = new pg.Client({ connectionString: url });
  await server.connect();
  await server.query(`create database "${name}" template template0`);
  await server.end();
  const client = new pg.Client({ connectionString: urlOf(name) });
  await client.connect();
  return client;
}

/** @param {string} database */
function urlOf(database) {
  const url = new URL(`${process.env.TEST_DATABASE_URL}`);
  url.pathname = `/${database}`;
  return url.href;
}
