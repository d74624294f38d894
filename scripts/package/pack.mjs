import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { commandsOfLibrary, runAll } from '../launcher/build.mjs';
import { Failure } from '../launcher/failure.mjs';
import { npm } from '../launcher/npm.mjs';
import { inProject } from '../launcher/project.mjs';

const library = (/** @type {string[]} */ ...path) => inProject('libs', 'signals', ...path);

/** What the package holds beside what is built, and the manifest. */
const SOURCES = ['bin', 'docs', 'CHANGELOG.md', 'LICENSE', 'README.md'];

/**
 * Builds the library from its sources and packs it, beside the checkout: whatever is built there stays
 * as it is. The manifest of the sources has no version, so that npm refuses to pack or publish them
 * without a build; the package has the version of the repository.
 *
 * @param {{ staging: string, into: string, node: string, signal?: AbortSignal }} how
 * @returns {Promise<string>} the path of the package
 */
export async function packLibrary({ staging, into, node, signal }) {
  for (const name of SOURCES) {
    await cp(library(name), join(staging, name), { recursive: true });
  }
  const manifest = await manifestOfPackage();
  await writeFile(join(staging, 'package.json'), JSON.stringify(manifest, null, 2));
  await runAll(commandsOfLibrary(join(staging, 'dist')), node, signal);
  await mkdir(into, { recursive: true });
  const { succeeded, output } = await npm(
    ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', into],
    { cwd: staging, ...(signal && { signal }) },
  );
  if (!succeeded) throw new Failure(`npm pack failed:\n\n${output}`);
  const [{ filename, files }] = JSON.parse(output);
  refuseIncomplete(
    files.map((/** @type {{ path: string }} */ { path }) => path),
    { main: manifest.main, bin: manifest.bin, exports: manifest.exports },
  );
  return join(into, filename);
}

async function manifestOfPackage() {
  const [own, whole] = await Promise.all(
    [library('package.json'), inProject('package.json')].map(async (path) =>
      JSON.parse(await readFile(path, 'utf8')),
    ),
  );
  const { '//': _explanation, name, ...rest } = own;
  return { name, version: whole.version, ...rest };
}

/**
 * Everything that the manifest names is there, and the page of the inspector, which it does not name.
 *
 * @param {string[]} packed
 * @param {object} entries
 */
function refuseIncomplete(packed, entries) {
  const named = [...JSON.stringify(entries).matchAll(/:"\.\/([^"]+)"/g)].map(
    ([, file = '']) => file,
  );
  const wanted = [...named, 'dist/inspector/page/index.html'].filter((file) => !file.endsWith('/'));
  const missing = wanted.filter((file) => !packed.includes(file));
  if (missing.length > 0) throw new Failure(`The package lacks ${missing.join(', ')}.`);
}
