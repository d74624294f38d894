import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { callerFolder } from 'nestjs-signals/integration';

/** Beside this file, in the package as in a bundle, which may hold the files of others too. */
export const PAGE = join('inspector', 'page');
const INSTALLED = join('node_modules', 'nestjs-signals-inspector', 'dist', PAGE);

/**
 * The folder of the built page: beside this file, or beside the bundle that holds it, or in the
 * package that is installed where the process runs.
 */
export function placeOfPage(directory = process.cwd()): string | undefined {
  const own = callerFolder();
  const places = [...(own === undefined ? [] : [join(own, PAGE)]), ...installedAbove(directory)];
  return places.find((place) => existsSync(join(place, 'assets', 'names.json')));
}

function* installedAbove(directory: string): Generator<string> {
  for (let folder = directory; ; folder = dirname(folder)) {
    yield join(folder, INSTALLED);
    if (folder === dirname(folder)) return;
  }
}
