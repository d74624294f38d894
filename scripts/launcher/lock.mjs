import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { codeOf } from './failure.mjs';
import { identityOf } from './processes.mjs';

/**
 * Runs the work while no other process on this machine holds the same lock. The lock of a process
 * that died is taken over.
 *
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once if another process is at it
 * @returns {Promise<T>}
 */
export async function withLock(path, work, onWait) {
  await mkdir(dirname(path), { recursive: true });
  for (let tries = 0; !(await take(path)); tries += 1) {
    if (tries === 0) onWait?.();
    await delay(50);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** @param {string} path */
async function take(path) {
  try {
    await writeFile(path, `${identityOf(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  if (await isAbandoned(path)) await discard(path);
  return false;
}

/** @param {string} path */
async function isAbandoned(path) {
  try {
    const holder = await readFile(path, 'utf8');
    if (holder !== '') return identityOf(Number.parseInt(holder, 10)) !== holder;
    return Date.now() - (await stat(path)).mtimeMs > 5_000;
  } catch {
    return false;
  }
}

/** @param {string} path */
async function discard(path) {
  // Of several who see the same abandoned lock one wins the rename; who comes after the winner has
  // taken the lock anew gives it back.
  const taken = `${path}.${process.pid}`;
  const moved = await rename(path, taken).then(
    () => true,
    () => false,
  );
  if (moved && !(await isAbandoned(taken))) await rename(taken, path);
  else await rm(taken, { force: true });
}
