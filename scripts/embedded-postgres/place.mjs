import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstatSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { Failure } from '../launcher/failure.mjs';
import { inProject } from '../launcher/project.mjs';

/**
 * Where a server lives and who runs it. PostgreSQL refuses to run as root, and the unprivileged
 * account that runs it instead may be unable to enter the checkout, for example below a closed home.
 * So for root, binaries and data live under /var/lib, and the folder in the checkout links there.
 *
 * @typedef {{ home: string, uid: number, account: Account }} Place
 * @typedef {{ uid?: number, gid?: number }} Account nothing: the user who runs this
 */

const FOR_ROOT = '/var/lib/nestjs-signals';
const isRoot = process.getuid?.() === 0;

/** What the servers of this checkout (for root: of all checkouts) share. */
export const shared = isRoot ? FOR_ROOT : inProject('.data');

/** @param {string} dataDirectory @returns {Promise<Place>} */
export async function placeFor(dataDirectory) {
  const account = isRoot ? unprivilegedAccount() : {};
  if (isRoot) await makeEnterable(FOR_ROOT, 0o755);
  const home = await homeFor(dataDirectory);
  if (isRoot) await makeEnterable(home, 0o711);
  return { home, account, uid: account.uid ?? process.getuid?.() ?? 0 };
}

/** @param {string} dataDirectory */
async function homeFor(dataDirectory) {
  const link = linkAt(dataDirectory);
  if (isRoot && !dataDirectory.startsWith(FOR_ROOT)) return homeForRoot(dataDirectory, link);
  if (!isRoot && link?.startsWith(FOR_ROOT)) throw belongsToAnother(dataDirectory);
  await mkdir(dataDirectory, { recursive: true });
  return realpath(dataDirectory);
}

/** @param {string} dataDirectory @param {string | undefined} link */
async function homeForRoot(dataDirectory, link) {
  if (link !== undefined && (await belongsTo(link, dataDirectory))) return link;
  if (link === undefined && lstatSync(dataDirectory, { throwIfNoEntry: false })) {
    throw belongsToAnother(dataDirectory);
  }
  const home = join(FOR_ROOT, randomBytes(6).toString('hex'));
  await mkdir(home);
  await writeFile(join(home, 'linked-from'), dataDirectory);
  await rm(dataDirectory, { force: true });
  await mkdir(dirname(dataDirectory), { recursive: true });
  await symlink(home, dataDirectory);
  return home;
}

/**
 * Whatever the umask, the account that runs the server gets in.
 *
 * @param {string} folder
 * @param {number} mode
 */
async function makeEnterable(folder, mode) {
  await mkdir(folder, { recursive: true });
  await chmod(folder, mode);
}

/**
 * A checkout that was moved takes its data along; a copy of a checkout gets data of its own.
 *
 * @param {string} home
 * @param {string} dataDirectory
 */
async function belongsTo(home, dataDirectory) {
  const origin = await readFile(join(home, 'linked-from'), 'utf8').catch(() => undefined);
  if (origin === undefined) return false;
  if (origin !== dataDirectory && linkAt(origin) === home) return false;
  await writeFile(join(home, 'linked-from'), dataDirectory);
  return true;
}

/** @param {string} path */
function linkAt(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    ? readlinkSync(path)
    : undefined;
}

/** @param {string} dataDirectory */
function belongsToAnother(dataDirectory) {
  return new Failure(
    `${dataDirectory} was made by ${isRoot ? 'another user' : 'root'}. Start as that user, ` +
      'delete it to begin with an empty database, or set DATABASE_URL.',
  );
}

/** @returns {Account} */
function unprivilegedAccount() {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(idOf(flag, name)));
    if (uid && gid) return { uid, gid };
  }
  throw new Failure(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as. ' +
      'Start as another user, or set DATABASE_URL.',
  );
}

/** @param {string} flag @param {string} name */
function idOf(flag, name) {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
