import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { run } from '../launcher/command.mjs';
import { Failure } from '../launcher/failure.mjs';
import { identityOf } from '../launcher/processes.mjs';
import { readLockFile } from './lock-file.mjs';
import { accepts, choosePort, isFree } from './port.mjs';

const RETRY_FOR = 5_000;
const RECOVERY_TAKES_AT_MOST = 300_000;

/** The server hears nothing from the environment of whoever starts it: no locale, no PG* variable. */
export function environment() {
  const { PATH = '', SystemRoot } = process.env;
  return { PATH, LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot === undefined ? {} : { SystemRoot }) };
}

/**
 * @param {{ data: string, place: import('./place.mjs').Place, postgres: string, settings: Record<string, string> }} options
 * @returns {Promise<number>} its port, once it accepts connections
 */
export async function startServer({ data, place, postgres, settings }) {
  const log = join(place.home, 'log');
  const giveUpAt = Date.now() + RETRY_FOR;
  for (;;) {
    const port = await choosePort(place.home);
    const logged = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const pid = launch(postgres, log, data, place, { ...settings, port: String(port) });
    if (await becomesReady(pid, data, port)) return port;

    const said = readFileSync(log).subarray(logged).toString();
    // Processes of a killed server take a moment to go, and a port may be taken at the last moment.
    const mayPass = /lock file|shared memory/.test(said) || !(await isFree(port));
    if (!mayPass || Date.now() > giveUpAt) {
      throw new Failure(
        `PostgreSQL did not start. Set DATABASE_URL to use another one.\n\n${lastLines(said)}\n\nIts log: ${log}`,
      );
    }
    await delay(100);
  }
}

/**
 * @param {{ pid: number, ctl: string, data: string, account: import('./place.mjs').Account }} options
 */
export async function stopServer({ pid, ctl, data, account }) {
  if (process.platform === 'win32') {
    await run(ctl, ['stop', '--pgdata', data, '--mode', 'fast'], { ...account });
    return;
  }
  // The fast shutdown, and if that takes too long the immediate one, which recovers at the next start.
  for (const [signal, patience] of /** @type {const} */ ([
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 1_000],
  ])) {
    if (await ends(pid, signal, patience)) return;
  }
}

/**
 * @param {string} postgres
 * @param {string} log
 * @param {string} data
 * @param {import('./place.mjs').Place} place
 * @param {Record<string, string>} settings
 */
function launch(postgres, log, data, { account }, settings) {
  const output = openSync(log, 'a', 0o600);
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(postgres, ['-D', data, ...options], {
    ...account,
    cwd: data,
    env: environment(),
    stdio: ['ignore', output, output],
    detached: true,
    windowsHide: true,
  });
  closeSync(output);
  child.once('error', () => undefined);
  child.unref();
  return child.pid ?? 0;
}

/** @param {number} pid @param {string} data @param {number} port */
async function becomesReady(pid, data, port) {
  const giveUpAt = Date.now() + RECOVERY_TAKES_AT_MOST;
  while (identityOf(pid) !== undefined && Date.now() < giveUpAt) {
    const { pid: owner, status } = readLockFile(data) ?? {};
    if (owner === pid && status === 'ready' && (await accepts(port))) return true;
    await delay(5);
  }
  return false;
}

/** @param {number} pid @param {NodeJS.Signals} signal @param {number} patience */
async function ends(pid, signal, patience) {
  const identity = identityOf(pid);
  if (identity === undefined) return true;
  process.kill(pid, signal);
  const giveUpAt = Date.now() + patience;
  while (Date.now() < giveUpAt) {
    if (identityOf(pid) !== identity) return true;
    await delay(5);
  }
  return false;
}

/** @param {string} text */
function lastLines(text) {
  return text.trim().split('\n').slice(-8).join('\n');
}
