import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { launch } from '../../../scripts/launcher/launch.mjs';
import { inProject } from '../../../scripts/launcher/project.mjs';
import { takePictures } from './pictures/take-pictures.mjs';

const HELP = `npm run screenshots [-- --all] [-- --into <folder>]

Takes a picture of every page of the shop and of the inspector, into docs/screenshots. Times, durations and ids are
the same in every run.

  --all   in light and dark, at 320, 768 and 1280 pixels; otherwise the ones that are on record
  --into  another folder
`;
const RECORD = inProject('docs', 'screenshots');

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
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await take(asked, values.into, values.all);
  return 0;
});

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
