import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { launch } from '../../../scripts/launcher/launch.mjs';
import { inProject, say } from '../../../scripts/launcher/project.mjs';
import { comparePictures } from './pictures/compare.mjs';
import { takePictures } from './pictures/take-pictures.mjs';

const HELP = `npm run screenshots [-- --all] [-- --into <folder>]
npm run screenshots -- --compare

Takes a picture of every page of the shop and of the inspector, into docs/screenshots. Times, durations and ids are
the same in every run.

  --all      in light and dark, at 320, 768 and 1280 pixels; otherwise the ones that are on record
  --into     another folder
  --compare  takes them into a temporary folder, and tells which of them are not those on record: exit code 1 if any.
             Fonts differ from machine to machine, and so do the pictures: compare where the record was made. No part
             of .ci/run.
`;
const RECORD = inProject('docs', 'screenshots');
/** One in fifty thousand: less than a lamp. */
const SHARE = 0.00002;

/** @type {readonly import('./pictures/take-pictures.mjs').View[]} */
const SHOWN = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 320 },
];
/** @type {readonly import('./pictures/take-pictures.mjs').View[]} */
const ALL = /** @type {const} */ (['light', 'dark']).flatMap((colorScheme) =>
  [320, 768, 1280].map((width) => ({ colorScheme, width })),
);
/** The pages of the inspector that are on record in more than one view. */
const SHOWN_TWICE = ['inspector-trace', 'inspector-map', 'inspector-jobs'];

await launch(async ({ asked }) => {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean' },
      into: { type: 'string', default: RECORD },
      compare: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (values.compare) return compare(asked);
  await take(asked, values.into, values.all);
  return 0;
});

/** @param {AbortSignal} asked */
async function compare(asked) {
  const folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
  const taken = join(folder, 'taken');
  await take(asked, taken);
  const differences = join(folder, 'differences');
  const found = await comparePictures({ record: RECORD, taken, differences, share: SHARE });
  if (found.length === 0) {
    say('Every picture is the one on record.');
    await rm(folder, { recursive: true });
    return 0;
  }
  for (const line of found) say(line);
  return 1;
}

/** @param {AbortSignal} asked @param {string} folder */
async function take(asked, folder, isEverything = false) {
  await mkdir(folder, { recursive: true });
  await takePictures({
    asked,
    folder,
    views: isEverything ? ALL : SHOWN,
    isWanted: (name, { colorScheme, width }) =>
      isEverything ||
      !name.startsWith('inspector') ||
      SHOWN_TWICE.includes(name) ||
      (colorScheme === 'light' && width > 320),
  });
}
