import { chromium } from 'playwright-core';

import { withRunningShop } from '../apps/web/tools/running-shop.mjs';
import { launch } from '../scripts/launcher/launch.mjs';
import { findChromium } from '../scripts/tests/chromium.mjs';
import { CPU_SLOWDOWN, medianOf, NETWORK, paintsOf, slowed } from './support/slow-browser.mjs';

const ROUNDS = 7;
const ADDRESSES = ['/', '/products', '/sign-in'];

/** First and largest contentful paint of a first visit, with nothing in the cache. */
await launch(async ({ asked }) => {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    await withRunningShop(asked, async (url) => {
      console.log(`A processor ${CPU_SLOWDOWN} times slower, 8 Mbit/s, ${NETWORK.latency} ms away`);
      for (const address of ADDRESSES) {
        const paints = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          paints.push(await visit(browser, url + address));
        }
        const first = medianOf(paints.map((paint) => paint.first));
        const largest = medianOf(paints.map((paint) => paint.largest));
        console.log(`${address.padEnd(12)} first ${first} ms, largest ${largest} ms`);
      }
    });
  } finally {
    await browser.close();
  }
  return 0;
});

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} address
 */
async function visit(browser, address) {
  const page = await slowed(await browser.newContext({ viewport: { width: 390, height: 800 } }));
  await page.goto(address, { waitUntil: 'load' });
  const paint = await paintsOf(page);
  await page.context().close();
  return paint;
}
