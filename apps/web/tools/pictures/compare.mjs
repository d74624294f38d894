import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** A pixel differs when its colour does by more than this share of the way from black to white. */
const COLOUR = 0.05;

/**
 * Compares the pictures of a folder with those on record; tells in words what differs by more than the given share
 * of its pixels, and leaves a picture of each difference.
 *
 * @param {{ record: string, taken: string, differences: string, share: number }} options
 * @returns {Promise<string[]>}
 */
export async function comparePictures({ record, taken, differences, share }) {
  await mkdir(differences, { recursive: true });
  const [before, now] = await Promise.all([picturesIn(record), picturesIn(taken)]);
  const found = [
    ...missingIn(now, before).map((file) => `${file} is on record, and not taken any more`),
    ...missingIn(before, now).map((file) => `${file} is not on record`),
  ];
  for (const file of now.filter((each) => before.includes(each))) {
    const [one, other] = await Promise.all([read(record, file), read(taken, file)]);
    const { width, height } = other;
    if (one.width !== width || one.height !== height) {
      found.push(
        `${file} was ${one.width} × ${one.height}, and is ${width} × ${height}: ${join(taken, file)}`,
      );
      continue;
    }
    const shown = new PNG({ width, height });
    const pixels = pixelmatch(one.data, other.data, shown.data, width, height, {
      threshold: COLOUR,
    });
    if (pixels <= share * width * height) continue;
    const picture = join(differences, file);
    await writeFile(picture, PNG.sync.write(shown));
    found.push(
      `${file} differs in ${percent(pixels / (width * height))} of its pixels: ${picture}`,
    );
  }
  return found;
}

/** @param {string} folder */
async function picturesIn(folder) {
  return (await readdir(folder)).filter((file) => file.endsWith('.png')).toSorted();
}

/** @param {readonly string[]} files @param {readonly string[]} wanted */
function missingIn(files, wanted) {
  return wanted.filter((file) => !files.includes(file));
}

/** @param {string} folder @param {string} file */
async function read(folder, file) {
  return PNG.sync.read(await readFile(join(folder, file)));
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(share < 0.01 ? 3 : 1)} %`;
}
