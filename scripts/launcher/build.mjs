import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { run } from './command.mjs';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { inProject, project, say } from './project.mjs';

const SOURCES = ['apps/api', 'libs/signals/src'];
const SETTINGS = ['tsconfig.json', 'nest-cli.json', 'package-lock.json'];
const STAMP = inProject('dist', '.built-from');

export const ENTRY_FILE = inProject('dist', 'apps', 'api', 'src', 'main.js');
export const NEST = inProject('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

/**
 * Builds the API unless what is in dist was built from exactly the sources that are here.
 *
 * @param {string} node
 * @param {AbortSignal} signal
 */
export async function ensureBuilt(node, signal) {
  if (await isBuilt()) return;
  await withLock(inProject('.data', 'build.lock'), () => build(node, signal));
}

/** @param {string} node @param {AbortSignal} signal */
async function build(node, signal) {
  if (await isBuilt()) return;
  say('Building…');
  const sources = await fingerprint();
  await removeBuiltLibrary();
  const { succeeded, output } = await run(node, [NEST, 'build', 'api'], { signal });
  if (!succeeded) throw new Failure(`The build failed:\n\n${output}`);
  await writeFile(STAMP, sources);
}

/**
 * Where a built library lies about, Nest takes it for an installed package, and the application would
 * run on that instead of on the sources.
 */
export async function removeBuiltLibrary() {
  await rm(inProject('libs', 'signals', 'dist'), { recursive: true, force: true });
}

async function isBuilt() {
  if (!existsSync(ENTRY_FILE)) return false;
  const built = await readFile(STAMP, 'utf8').catch(() => undefined);
  return built === (await fingerprint());
}

async function fingerprint() {
  const found = await Promise.all(SOURCES.map((folder) => filesIn(inProject(folder))));
  const files = [...found.flat().filter(isBuildInput), ...SETTINGS.map((file) => inProject(file))];
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
  return !file.endsWith('.spec.ts');
}
