import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { run } from './command.mjs';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { inProject, project, say } from './project.mjs';

/**
 * What is built on its own: from which sources, into which file, how, and where is noted from what.
 *
 * @typedef {{
 *   sources: string[],
 *   settings: string[],
 *   product: string,
 *   stamp: string,
 *   prepare?: () => Promise<void>,
 *   command: string[],
 * }} Part
 */

export const ENTRY_FILE = inProject('dist', 'apps', 'api', 'src', 'main.js');
export const WORKER_FILE = inProject('dist', 'apps', 'api', 'src', 'worker.js');
export const NEST = inProject('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
export const VITE = inProject('node_modules', 'vite', 'bin', 'vite.js');
export const PAGES = inProject('apps', 'web');
const INSPECTOR_PAGE = inProject('libs', 'signals', 'src', 'inspector', 'page');

/** @type {Part} */
const API = {
  sources: ['apps/api', 'libs/signals/src'],
  settings: ['tsconfig.json', 'nest-cli.json', 'package-lock.json'],
  product: ENTRY_FILE,
  stamp: inProject('dist', '.built-from'),
  prepare: removeBuiltLibrary,
  command: [NEST, 'build', 'api'],
};

/** @type {Part} */
const INSPECTOR = {
  sources: ['libs/signals/src/inspector/page'],
  settings: ['package-lock.json'],
  product: join(INSPECTOR_PAGE, 'dist', 'index.html'),
  stamp: join(INSPECTOR_PAGE, 'dist', '.built-from'),
  command: [VITE, 'build', INSPECTOR_PAGE, '--logLevel', 'warn'],
};

/** @type {Part} */
const WEB = {
  sources: ['apps/web', 'libs/signals/src/inspector/page'],
  settings: ['package-lock.json'],
  product: join(PAGES, 'dist', 'index.html'),
  stamp: join(PAGES, 'dist', '.built-from'),
  command: [VITE, 'build', PAGES, '--logLevel', 'warn'],
};

/**
 * Builds the API and its pages, unless what is there was built from exactly the sources that are here.
 *
 * @param {string} node
 * @param {AbortSignal} signal
 */
export async function ensureBuilt(node, signal) {
  const stale = await stalePartsOf([API, WEB, INSPECTOR]);
  if (stale.length === 0) return;
  await withLock(inProject('.data', 'build.lock'), async () => {
    // Whoever held the lock before may have built them.
    for (const part of await stalePartsOf(stale)) await build(part, node, signal);
  });
}

/** @param {Part} part @param {string} node @param {AbortSignal} signal */
async function build(part, node, signal) {
  say(part === API ? 'Building…' : 'Building the pages…');
  const sources = await fingerprint(part);
  await part.prepare?.();
  const { succeeded, output } = await run(node, part.command, { signal });
  if (!succeeded) throw new Failure(`The build failed:\n\n${output}`);
  await writeFile(part.stamp, sources);
}

/**
 * Where a built library lies about, Nest takes it for an installed package, and the application would
 * run on that instead of on the sources.
 */
export async function removeBuiltLibrary() {
  await rm(inProject('libs', 'signals', 'dist'), { recursive: true, force: true });
}

/** @param {Part[]} parts */
async function stalePartsOf(parts) {
  const fresh = await Promise.all(parts.map(isBuilt));
  return parts.filter((_, at) => !fresh[at]);
}

/** @param {Part} part */
async function isBuilt(part) {
  if (!existsSync(part.product)) return false;
  const built = await readFile(part.stamp, 'utf8').catch(() => undefined);
  return built === (await fingerprint(part));
}

/** @param {Part} part */
async function fingerprint({ sources, settings }) {
  const found = await Promise.all(sources.map((folder) => filesIn(inProject(folder))));
  const files = [...found.flat().filter(isBuildInput), ...settings.map((file) => inProject(file))];
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  files.forEach((file, at) =>
    hash.update(`${relative(project, file)}\0`).update(contents[at] ?? ''),
  );
  return hash.digest('hex');
}

/** @param {string} folder @returns {Promise<string[]>} */
async function filesIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => join(file.parentPath, file.name)).toSorted();
}

/** @param {string} file */
function isBuildInput(file) {
  const isProduct = [PAGES, INSPECTOR_PAGE].some((page) =>
    file.startsWith(join(page, 'dist') + sep),
  );
  return !file.endsWith('.spec.ts') && !isProduct;
}
