import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../launcher/command.mjs';
import { Failure } from '../launcher/failure.mjs';
import { environment } from './server.mjs';

const MAJOR_VERSION = '18';

/**
 * The data of the server, made by initdb the first time. A start that was cut off leaves none.
 *
 * @param {import('./place.mjs').Place} place
 * @param {import('./binaries.mjs').Binaries} binaries
 * @param {boolean} throwAway
 * @returns {Promise<string>} the folder of the data
 */
export async function ensureCluster(place, binaries, throwAway) {
  const data = join(place.home, 'data');
  if (!existsSync(data)) await create(data, place, binaries, throwAway);
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => 'unknown');
  if (version.trim() !== MAJOR_VERSION) {
    throw new Failure(
      `The data in ${place.home} is of PostgreSQL ${version.trim()}, and the server here is ${MAJOR_VERSION}. ` +
        'Delete it to begin with an empty database, or set DATABASE_URL.',
    );
  }
  return data;
}

/** @param {string} home @returns {Promise<string>} */
export function passwordIn(home) {
  return readFile(join(home, 'password'), 'utf8');
}

/**
 * @param {string} data
 * @param {import('./place.mjs').Place} place
 * @param {import('./binaries.mjs').Binaries} binaries
 * @param {boolean} throwAway
 */
async function create(data, { home, account }, binaries, throwAway) {
  const creating = join(home, 'data.new');
  const passwordFile = join(home, 'password.new');
  const password = randomBytes(24).toString('base64url');

  await rm(creating, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await writeFile(join(home, 'password'), password, { mode: 0o600 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await mkdir(creating, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(creating, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const args = [
    '--auth=scram-sha-256',
    '--data-checksums',
    '--encoding=UTF8',
    // Sorting that depends neither on the system's C library nor on the bundled ICU.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    `--pgdata=${creating}`,
  ];
  if (throwAway) args.push('--no-sync');
  const options = { cwd: home, env: environment(), ...account };
  const { succeeded, output } = await run(binaries.initdb, args, options);
  await rm(passwordFile, { force: true });
  if (!succeeded) {
    throw new Failure(
      `PostgreSQL could not make its data folder. Set DATABASE_URL to use another one.\n\n${output}`,
    );
  }
  await rename(creating, data);
}
