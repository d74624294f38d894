import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownFolder } from '../own-file.js';

/** Beside the file that the library runs from, in the package as in a bundle. */
export const PAGE = join('inspector', 'page');
const INSTALLED = join('node_modules', 'nestjs-signals', 'dist', PAGE);

/**
 * The folder of the built page: beside the library, or beside the bundle that holds the library, or
 * in the package that is installed where the process runs.
 */
export function placeOfPage(directory = process.cwd()): string | undefined {
  const own = ownFolder();
  const places = [...(own === undefined ? [] : [join(own, PAGE)]), ...installedAbove(directory)];
  return places.find((place) => existsSync(join(place, 'assets', 'names.json')));
}

function* installedAbove(directory: string): Generator<string> {
  for (let folder = directory; ; folder = dirname(folder)) {
    yield join(folder, INSTALLED);
    if (folder === dirname(folder)) return;
  }
}
