import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { commandsOf, ensureLibraryBuilt, PACKAGES, runAll } from '../launcher/build.mjs';
import { Failure } from '../launcher/failure.mjs';
import { npm } from '../launcher/npm.mjs';
import { inProject } from '../launcher/project.mjs';

/** What a package holds beside what is built, and the manifest. */
const SOURCES = ['bin', 'docs', 'CHANGELOG.md', 'LICENSE', 'README.md'];

/** What a package holds without its manifest naming it. */
const UNNAMED = { 'signals-inspector': ['dist/inspector/page/index.html'] };

/**
 * Builds the packages from their sources and packs them, beside the checkout. What is built there is of
 * use to compile against, and none of it is packed. The manifests of the sources have no version, so
 * that npm refuses to pack or publish them without a build; the packages have the version of the repository.
 *
 * @param {{ staging: string, into: string, node: string, signal: AbortSignal }} how
 * @returns {Promise<string[]>} the paths of the packages, each after those that it needs
 */
export async function packPackages({ staging, into, node, signal }) {
  await ensureLibraryBuilt(node, signal);
  await mkdir(into, { recursive: true });
  const packed = [];
  for (const name of PACKAGES) {
    packed.push(await pack(name, { staging: join(staging, name), into, node, signal }));
  }
  return packed;
}

/**
 * @param {import('../launcher/build.mjs').PackageFolder} name
 * @param {{ staging: string, into: string, node: string, signal: AbortSignal }} how
 */
async function pack(name, { staging, into, node, signal }) {
  for (const each of SOURCES) {
    const source = inProject('libs', name, each);
    if (existsSync(source)) await cp(source, join(staging, each), { recursive: true });
  }
  const manifest = await manifestOf(name);
  await refuseUntold(name, manifest.version);
  await writeFile(join(staging, 'package.json'), JSON.stringify(manifest, null, 2));
  await runAll(commandsOf(name, join(staging, 'dist')), node, signal);
  const { succeeded, output } = await npm(
    ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', into],
    { cwd: staging, signal },
  );
  if (!succeeded) throw new Failure(`npm pack failed:\n\n${output}`);
  const [{ filename, files }] = JSON.parse(output);
  const { main, bin, exports } = manifest;
  refuseIncomplete(
    files.map((/** @type {{ path: string }} */ { path }) => path),
    [...namedIn({ main, bin, exports }), ...(Reflect.get(UNNAMED, name) ?? [])],
  );
  return join(into, filename);
}

/** @param {string} folder */
async function manifestOf(folder) {
  const [own, whole] = await Promise.all(
    [inProject('libs', folder, 'package.json'), inProject('package.json')].map(async (path) =>
      JSON.parse(await readFile(path, 'utf8')),
    ),
  );
  const { '//': _explanation, name, ...rest } = own;
  const { version } = whole;
  const peers = Object.entries(rest.peerDependencies).map(([peer, range]) => [
    peer,
    // Of the same repository, where it has no version either.
    range === '*' ? `^${version}` : range,
  ]);
  return { name, version, ...rest, peerDependencies: Object.fromEntries(peers) };
}

/**
 * The changelog of a package has a section for what is packed.
 *
 * @param {string} name
 * @param {string} version
 */
async function refuseUntold(name, version) {
  const changelog = await readFile(inProject('libs', name, 'CHANGELOG.md'), 'utf8');
  if (changelog.split('\n').includes(`## ${version}`)) return;
  throw new Failure(`libs/${name}/CHANGELOG.md has no section '## ${version}'.`);
}

/** The files that a part of a manifest names. @param {object} entries */
function namedIn(entries) {
  return [...JSON.stringify(entries).matchAll(/:"\.\/([^"]+)"/g)].map(([, file = '']) => file);
}

/** @param {string[]} packed @param {string[]} wanted */
function refuseIncomplete(packed, wanted) {
  const missing = wanted.filter((file) => !packed.includes(file));
  if (missing.length > 0) throw new Failure(`The package lacks ${missing.join(', ')}.`);
}
