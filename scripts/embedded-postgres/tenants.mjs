import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { identityOf } from '../launcher/processes.mjs';

/**
 * Every process that uses a server leaves a note at its home: the last one to go stops the server,
 * whoever started it. Notes of processes that were killed count for nothing.
 *
 * @param {string} home
 */
export async function enter(home) {
  await mkdir(notes(home), { recursive: true });
  await writeFile(join(notes(home), String(process.pid)), `${identityOf(process.pid)}`);
}

/** @param {string} home */
export async function leave(home) {
  await rm(join(notes(home), String(process.pid)), { force: true });
}

/** @param {string} home @returns {Promise<boolean>} */
export async function isInUse(home) {
  const names = await readdir(notes(home)).catch(() => []);
  const inUse = await Promise.all(names.map((name) => isAlive(join(notes(home), name))));
  return inUse.includes(true);
}

/** @param {string} note */
async function isAlive(note) {
  const identity = await readFile(note, 'utf8').catch(() => '');
  if (identity !== '' && identityOf(Number.parseInt(identity, 10)) === identity) return true;
  await rm(note, { force: true });
  return false;
}

/** @param {string} home */
function notes(home) {
  return join(home, 'used-by');
}
