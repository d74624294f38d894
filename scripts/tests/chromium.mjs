import { existsSync } from 'node:fs';

import { Failure } from '../launcher/failure.mjs';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser that the tests drive: the one in CHROMIUM_PATH, or one in a usual place. */
export function findChromium() {
  const { CHROMIUM_PATH: given } = process.env;
  if (given && !existsSync(given)) {
    throw new Failure(`CHROMIUM_PATH names no file: ${given}. Correct it, or unset it.`);
  }
  const found = given || USUAL.find((path) => existsSync(path));
  if (found) return found;
  throw new Failure(
    'The browser tests drive a Chromium, and there is none in the usual places. ' +
      'Install it (Debian: apt-get install chromium), or say where it is: CHROMIUM_PATH=/path/to/chrome.',
  );
}
