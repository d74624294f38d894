import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { codeOf, Failure } from '../launcher/failure.mjs';
import { identityOf, processesIn } from '../launcher/processes.mjs';
import { accepts } from './port.mjs';

/** @typedef {{ pid: number, port: number, status: string }} LockFile */

const MAY_BE_BUSY_FOR = 60_000;
const MAY_REMAIN_FOR = 5_000;

/** @param {string} data @returns {LockFile | undefined} what a server wrote about itself */
export function readLockFile(data) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

/**
 * The server that runs on this data, once it is ready; `undefined` if there is none.
 *
 * PostgreSQL clears the lock file of a dead process by itself, but refuses to start when the number
 * in it has gone to another process, or belongs to a dead one that nobody collects: then it is removed
 * here. Never while a process works in the data, because it also protects from those that outlive a
 * killed server.
 *
 * @param {string} data
 * @param {number} uid
 * @returns {Promise<LockFile | undefined>}
 */
export async function findServer(data, uid) {
  const startedAt = Date.now();
  for (;;) {
    const lockFile = readLockFile(data);
    if (!lockFile) return undefined;
    const waited = Date.now() - startedAt;
    const inside = processesIn(data, uid);

    if (await belongsTo(lockFile, inside)) {
      if (lockFile.status === 'ready' && (await accepts(lockFile.port))) return lockFile;
      if (waited > MAY_BE_BUSY_FOR) throw busy(data, [lockFile.pid]);
    } else if (inside === undefined) {
      return undefined;
    } else if (inside.length > 0) {
      if (waited > MAY_REMAIN_FOR) throw busy(data, inside);
    } else if (!exists(lockFile.pid)) {
      return undefined;
    } else if (identityOf(lockFile.pid) !== undefined || waited > MAY_REMAIN_FOR) {
      await rm(join(data, 'postmaster.pid'), { force: true });
      return undefined;
    }
    await delay(20);
  }
}

/** @param {LockFile} lockFile @param {number[] | undefined} inside */
async function belongsTo({ pid, port }, inside) {
  if (inside !== undefined) return inside.includes(pid);
  return identityOf(pid) !== undefined && (await accepts(port));
}

/** @param {number} pid */
function exists(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {string} data @param {number[]} pids */
function busy(data, pids) {
  return new Failure(
    `A PostgreSQL server (process ${pids.join(', ')}) works on ${data} but does not answer. End it, or set DATABASE_URL.`,
  );
}
