import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { withLock } from '../launcher/lock.mjs';
import { identityOf } from '../launcher/processes.mjs';
import { ensureBinaries } from './binaries.mjs';
import { ensureCluster, passwordIn } from './cluster.mjs';
import { findServer, readLockFile } from './lock-file.mjs';
import { placeFor, shared } from './place.mjs';
import { startServer, stopServer } from './server.mjs';
import { enter, isInUse, leave } from './tenants.mjs';

/** @typedef {import('./index.d.mts').EmbeddedPostgres} EmbeddedPostgres */
/** @typedef {{ place: import('./place.mjs').Place, binaries: import('./binaries.mjs').Binaries, data: string }} Parts */

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

// Nothing of a throw-away server has to survive it.
const THROW_AWAY_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  max_prepared_transactions: '20',
};

/** @type {typeof import('./index.d.mts').ensurePostgres} */
export function ensurePostgres({ dataDirectory, settings = {} }) {
  return occupy(dataDirectory, { ...SETTINGS, ...settings }, false);
}

/** @type {typeof import('./index.d.mts').throwAwayPostgres} */
export async function throwAwayPostgres({ settings = {} } = {}) {
  await discardAbandoned();
  const directory = join(shared, `throw-away-${randomBytes(6).toString('hex')}`);
  const all = { ...SETTINGS, ...THROW_AWAY_SETTINGS, ...settings };
  try {
    const server = await occupy(directory, all, true);
    return { ...server, stop: () => discard(directory) };
  } catch (error) {
    await discard(directory);
    throw error;
  }
}

/**
 * @param {string} directory
 * @param {Record<string, string>} settings
 * @param {boolean} throwAway
 * @returns {Promise<EmbeddedPostgres>}
 */
function occupy(directory, settings, throwAway) {
  return withLock(`${directory}.lock`, async () => {
    const binaries = await ensureBinaries(shared);
    const place = await placeFor(directory);
    await enter(place.home);
    try {
      const data = await ensureCluster(place, binaries, throwAway);
      const running = await findServer(data, place.uid);
      const port =
        running?.port ??
        (await startServer({ data, place, postgres: binaries.postgres, settings }));
      return {
        url: `postgres://postgres:${await passwordIn(place.home)}@127.0.0.1:${port}/postgres`,
        adopted: running !== undefined,
        isRunning: () => identityOf(readLockFile(data)?.pid ?? 0) !== undefined,
        stop: () => vacate(directory, { place, binaries, data }),
      };
    } catch (error) {
      await leave(place.home);
      throw error;
    }
  });
}

/** @param {string} directory @param {Parts} parts */
function vacate(directory, { place, binaries, data }) {
  return withLock(`${directory}.lock`, async () => {
    await leave(place.home);
    if (await isInUse(place.home)) return;
    const server = await findServer(data, place.uid);
    if (server) await stopServer({ ...server, ctl: binaries.ctl, data, account: place.account });
  });
}

/** Removes what runs that were killed left behind. */
async function discardAbandoned() {
  const names = await readdir(shared).catch(() => []);
  for (const name of names.filter((each) => /^throw-away-[0-9a-f]+$/.test(each))) {
    const directory = join(shared, name);
    const abandoned = await withLock(`${directory}.lock`, async () => !(await isInUse(directory)));
    if (abandoned) await discard(directory);
  }
}

/** @param {string} directory */
async function discard(directory) {
  const data = join(directory, 'data');
  if (existsSync(data)) {
    const place = await placeFor(directory);
    await vacate(directory, { place, data, binaries: await ensureBinaries(shared) });
  }
  await rm(directory, { recursive: true, force: true });
}
