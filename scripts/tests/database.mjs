import { randomBytes } from 'node:crypto';

import { throwAwayPostgres } from '../embedded-postgres/index.mjs';
import { Failure } from '../launcher/failure.mjs';

/**
 * What test/support/database.ts needs: a server, and how the names of this run's databases begin.
 *
 * @typedef {{ TEST_DATABASE_URL: string, TEST_DATABASE_PREFIX: string }} TestDatabase
 */

const PREFIX = 'signals_test_';

/**
 * Runs the work on an embedded server of its own, or in databases of its own on the one that
 * DATABASE_URL names. Either way nothing remains, also of earlier runs that were killed.
 *
 * @param {import('../launcher/interruption.mjs').Interruption} interruption
 * @param {(env: TestDatabase) => Promise<number>} work
 */
export function withTestDatabase({ asked }, work) {
  const { DATABASE_URL: given } = process.env;
  const prefix = PREFIX + randomBytes(4).toString('hex');
  const start = (/** @type {string} */ url) => {
    asked.throwIfAborted();
    return work({ TEST_DATABASE_URL: url, TEST_DATABASE_PREFIX: prefix });
  };
  return given ? onServer(given, prefix, () => start(given)) : onThrowAwayServer(start);
}

/** @param {(url: string) => Promise<number>} work */
async function onThrowAwayServer(work) {
  const server = await throwAwayPostgres();
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

/** @param {string} url @param {string} prefix @param {() => Promise<number>} work */
async function onServer(url, prefix, work) {
  const { Client } = await import('pg');
  // The connection stays open under the name of the run, so that later ones can tell it is alive.
  const client = new Client({ connectionString: url, application_name: prefix });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(url, error);
  }
  try {
    await dropDatabases(client, await abandonedBy(client));
    return await work();
  } finally {
    await dropDatabases(client, await databasesOf(client, prefix));
    await client.end();
  }
}

/** @param {import('pg').Client} client */
async function abandonedBy(client) {
  const { rows } = await client.query('select distinct application_name from pg_stat_activity');
  const alive = new Set(rows.map((row) => row.application_name));
  const all = await databasesOf(client, PREFIX);
  return all.filter((name) => !alive.has(name.slice(0, PREFIX.length + 8)));
}

/** @param {import('pg').Client} client @param {string} prefix @returns {Promise<string[]>} */
async function databasesOf(client, prefix) {
  const { rows } = await client.query(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  );
  return rows.map((row) => row.datname);
}

/** @param {import('pg').Client} client @param {string[]} names */
async function dropDatabases(client, names) {
  for (const name of names) await client.query(`drop database if exists "${name}" with (force)`);
}

/** @param {string} url @param {unknown} error */
function unreachable(url, error) {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: url, pathname: '' };
  const { message, code } = /** @type {Error & { code?: string }} */ (error);
  return new Failure(
    `DATABASE_URL does not lead to a PostgreSQL (${host}${pathname}): ${message || code}. ` +
      'Correct it, or unset it to test on an embedded server.',
  );
}
