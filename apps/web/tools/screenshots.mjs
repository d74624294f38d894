import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { launch } from '../../../scripts/launcher/launch.mjs';
import { inProject, say } from '../../../scripts/launcher/project.mjs';
import { findChromium } from '../../../scripts/tests/chromium.mjs';
import { withRunningShop } from './running-shop.mjs';
import { visitEveryPage } from './visit.mjs';

const HELP = `npm run screenshots [-- --all] [-- --into <folder>]

Takes a picture of every page, into docs/screenshots.

  --all   in light and dark, at 320, 768 and 1280 pixels; otherwise the ones that the README shows
  --into  another folder
`;
const SHOWN = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 320 },
];
const ALL = ['light', 'dark'].flatMap((colorScheme) =>
  [320, 768, 1280].map((width) => ({ colorScheme, width })),
);

await launch(async ({ asked }) => {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean' },
      into: { type: 'string', default: inProject('docs', 'screenshots') },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--hide-scrollbars'];
  const browser = await chromium.launch({ executablePath: findChromium(), args });
  try {
    await mkdir(values.into, { recursive: true });
    await withRunningShop(asked, async (url) => {
      for (const { colorScheme, width } of values.all ? ALL : SHOWN) {
        const context = await browser.newContext({
          baseURL: url,
          colorScheme: /** @type {'light' | 'dark'} */ (colorScheme),
          viewport: { width, height: width < 700 ? 640 : 800 },
          locale: 'en-GB',
          timezoneId: 'Europe/Berlin',
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        await visitEveryPage(page, async (name) => {
          // What the last click set off is shown once; elsewhere it would cover the page.
          const close = page.getByRole('button', { name: 'Close' });
          if (name !== 'order' && (await close.isVisible())) await close.click();
          const file = `${name}-${colorScheme}-${width}.png`;
          await page.screenshot({ path: `${values.into}/${file}`, fullPage: true });
          say(file);
        });
        await context.close();
      }
    });
  } finally {
    await browser.close();
  }
  return 0;
});
