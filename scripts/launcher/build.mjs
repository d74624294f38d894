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
 *   says: string,
 *   sources: string[],
 *   settings: string[],
 *   product: string,
 *   stamp: string,
 *   prepare?: () => Promise<void>,
 *   commands: string[][],
 * }} Part
 */

export const ENTRY_FILE = inProject('dist', 'apps', 'api', 'src', 'main.js');
export const WORKER_FILE = inProject('dist', 'apps', 'api', 'src', 'worker.js');
export const NEST = inProject('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
export const TSC = inProject('node_modules', 'typescript', 'bin', 'tsc');
export const VITE = inProject('node_modules', 'vite', 'bin', 'vite.js');
export const PAGES = inProject('apps', 'web');
const INSPECTOR_PAGE = inProject('libs', 'signals-inspector', 'src', 'page');

/** The folders of the packages in `libs`, each after those that it is compiled against. */
export const PACKAGES = /** @type {const} */ (['signals', 'signals-inspector', 'signals-cli']);

/** @typedef {typeof PACKAGES[number]} PackageFolder */

/**
 * The packages as they are published. The application and `npx signals` find them installed, where the
 * workspace links them into node_modules, and there each finds those that it is compiled against.
 *
 * @type {Record<PackageFolder, Part>}
 */
const LIBRARY = {
  signals: partOf('signals', 'Building the library…', 'index.js'),
  'signals-inspector': partOf('signals-inspector', 'Building the inspector…', 'index.js'),
  'signals-cli': partOf('signals-cli', 'Building the command…', 'main.js'),
};

/** @type {Part} */
const API = {
  says: 'Building…',
  sources: ['apps/api', 'libs/signals/src', 'libs/signals-inspector/src'],
  settings: ['tsconfig.json', 'nest-cli.json', 'package-lock.json'],
  product: ENTRY_FILE,
  stamp: inProject('dist', '.built-from'),
  commands: [[NEST, 'build', 'api']],
};

/** @type {Part} */
const WEB = {
  says: 'Building the pages…',
  sources: ['apps/web', 'libs/signals-inspector/src/page'],
  settings: ['package-lock.json'],
  product: join(PAGES, 'dist', 'index.html'),
  stamp: join(PAGES, 'dist', '.built-from'),
  commands: [[VITE, 'build', PAGES, '--logLevel', 'warn']],
};

/** @param {PackageFolder} name @param {string} says @param {string} product @returns {Part} */
function partOf(name, says, product) {
  const built = inProject('libs', name, 'dist');
  return {
    says,
    sources: PACKAGES.slice(0, PACKAGES.indexOf(name) + 1).map((each) => `libs/${each}/src`),
    settings: [
      'tsconfig.json',
      'package-lock.json',
      `libs/${name}/package.json`,
      `libs/${name}/tsconfig.lib.json`,
    ],
    product: join(built, product),
    stamp: join(built, '.built-from'),
    prepare: () => rm(built, { recursive: true, force: true }),
    commands: commandsOf(name, built),
  };
}

/** @param {PackageFolder} name */
export function settingsOf(name) {
  return inProject('libs', name, 'tsconfig.lib.json');
}

/**
 * What Node has to run, one after the other, to build a package into a folder. Those that it is
 * compiled against have been built in the checkout.
 *
 * @param {PackageFolder} name
 * @param {string} folder
 */
export function commandsOf(name, folder) {
  const compile = [TSC, '--project', settingsOf(name), '--outDir', folder];
  if (name !== 'signals-inspector') return [compile];
  const page = join(folder, 'inspector', 'page');
  return [compile, [VITE, 'build', INSPECTOR_PAGE, '--outDir', page, '--logLevel', 'warn']];
}

/**
 * Builds the packages, the API and its pages, unless what is there was built from exactly the sources
 * that are here.
 *
 * @param {string} node
 * @param {AbortSignal} signal
 */
export function ensureBuilt(node, signal) {
  return ensure([...Object.values(LIBRARY), API, WEB], node, signal);
}

/** @param {string} node @param {AbortSignal} signal */
export function ensureLibraryBuilt(node, signal) {
  return ensure(Object.values(LIBRARY), node, signal);
}

/**
 * Whoever changes a built package by other means says so, so that it is built anew afterwards.
 *
 * @param {PackageFolder} name
 */
export function disownBuilt(name) {
  return rm(LIBRARY[name].stamp, { force: true });
}

/** @param {Part[]} parts @param {string} node @param {AbortSignal} signal */
async function ensure(parts, node, signal) {
  const stale = await stalePartsOf(parts);
  if (stale.length === 0) return;
  await withLock(inProject('.data', 'build.lock'), async () => {
    // Whoever held the lock before may have built them.
    for (const part of await stalePartsOf(stale)) await build(part, node, signal);
  });
}

/** @param {Part} part @param {string} node @param {AbortSignal} signal */
async function build(part, node, signal) {
  say(part.says);
  const sources = await fingerprint(part);
  await part.prepare?.();
  await runAll(part.commands, node, signal);
  await writeFile(part.stamp, sources);
}

/**
 * Runs programs of Node, one after the other, each to its end.
 *
 * @param {string[][]} commands
 * @param {string} node
 * @param {AbortSignal} [signal]
 */
export async function runAll(commands, node, signal) {
  for (const command of commands) {
    const { succeeded, output } = await run(node, command, { ...(signal && { signal }) });
    if (!succeeded) throw new Failure(`The build failed:\n\n${output}`);
  }
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
