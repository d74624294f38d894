import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

import { codeOf } from './failure.mjs';

// Counted from what follows the name in /proc/<pid>/stat.
const START_TIME = 19;

/**
 * What tells a process from a later one with the same number: its number and when it started.
 * A process that is gone, or a zombie that nobody has collected yet, has no identity.
 *
 * @param {number} pid
 * @returns {string | undefined}
 */
export function identityOf(pid) {
  if (process.platform === 'linux') return linuxIdentityOf(pid);
  if (process.platform === 'win32') return isThere(pid) ? String(pid) : undefined;
  const line = output('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).trim();
  return line === '' || line.startsWith('Z') ? undefined : `${pid} ${line.replace(/^\S+\s+/, '')}`;
}

/**
 * The processes of one user that work inside a folder; `undefined` where the system does not tell.
 *
 * @param {string} directory
 * @param {number} uid
 * @returns {number[] | undefined}
 */
export function processesIn(directory, uid) {
  if (process.platform === 'linux') return linuxProcessesIn(directory, uid);
  if (process.platform === 'darwin') {
    const lines = output('lsof', ['-a', '-u', String(uid), '-d', 'cwd', '-Fpn']).split('\n');
    const starts = lines.map((line, at) =>
      lines[at + 2] === `n${directory}` ? line.slice(1) : '',
    );
    return starts.filter((pid) => /^\d+$/.test(pid)).map(Number);
  }
  return undefined;
}

/** @param {number} pid @returns {{ name: string, parent: number }} */
export function describe(pid) {
  if (process.platform === 'linux') {
    const { name, fields } = linuxStat(pid) ?? { name: '', fields: [] };
    return { name, parent: Number(fields[1]) };
  }
  const [parent = '', name = ''] = output('ps', ['-o', 'ppid=,comm=', '-p', String(pid)])
    .trim()
    .split(/\s+/);
  return { name, parent: Number(parent) };
}

/** @param {number} pid */
function linuxIdentityOf(pid) {
  const fields = linuxStat(pid)?.fields;
  return fields && !/[ZX]/.test(fields[0] ?? '') ? `${pid} ${fields[START_TIME]}` : undefined;
}

/** @param {number} pid */
function linuxStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything: also spaces and parentheses.
    const [from, to] = [stat.indexOf('('), stat.lastIndexOf(')')];
    return { name: stat.slice(from + 1, to), fields: stat.slice(to + 2).split(' ') };
  } catch {
    return undefined;
  }
}

/** @param {string} directory @param {number} uid */
function linuxProcessesIn(directory, uid) {
  const inside = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readlinkSync(`/proc/${name}/cwd`) === directory) inside.push(Number(name));
    } catch (error) {
      // In a container even root may not look at another user's process.
      const hidden = codeOf(error) === 'EACCES' && identityOf(Number(name)) !== undefined;
      if (hidden && ownerOf(name) === uid) return undefined;
    }
  }
  return inside;
}

/** @param {string} pid */
function ownerOf(pid) {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** @param {number} pid */
function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @param {string} command @param {string[]} args */
function output(command, args) {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return spawnSync(command, args, { encoding: 'utf8', env }).stdout ?? '';
}
