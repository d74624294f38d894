import { readFile } from 'node:fs/promises';

import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { inProject, say } from './project.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} Package
 */

/**
 * Installs the packages if what is in node_modules is not what package-lock.json asks for.
 *
 * @param {AbortSignal} signal
 */
export async function ensureInstalled(signal) {
  if (await isInstalled()) return;
  const waiting = () => say('Another installation is running, waiting for it…');
  await withLock(inProject('.data', 'install.lock'), () => install(signal), waiting);
}

/** @param {AbortSignal} signal */
async function install(signal) {
  if (await isInstalled()) return;
  say('Installing packages (once, about a minute)…');
  // Building needs the development packages, also where NODE_ENV is production.
  const args = ['ci', '--include=dev', '--include=optional', '--no-progress', '--loglevel=error'];
  const { succeeded, output } = await npm(args, { signal });
  if (!succeeded) throw new Failure(`npm ci failed:\n\n${output}`);
}

/** npm records in a hidden lockfile what it really installed, as the last thing it does. */
async function isInstalled() {
  const [wanted, present] = await Promise.all([
    packagesIn(inProject('package-lock.json')),
    packagesIn(inProject('node_modules', '.package-lock.json')),
  ]);
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const found = present[path];
    if (!path.startsWith('node_modules/')) return true;
    if (!found) return Boolean(optional ?? devOptional);
    return found.version === version && found.integrity === integrity;
  });
}

/** @param {string} lockfile @returns {Promise<Record<string, Package>>} */
async function packagesIn(lockfile) {
  try {
    return JSON.parse(await readFile(lockfile, 'utf8')).packages;
  } catch {
    return {};
  }
}
