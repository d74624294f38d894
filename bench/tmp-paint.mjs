import { chromium } from 'playwright-core';

import { withRunningShop } from '../apps/web/tools/running-shop.mjs';
import { launch } from '../scripts/launcher/launch.mjs';
import { findChromium } from '../scripts/tests/chromium.mjs';

const ROUNDS = 4;
const CPU_SLOWDOWN = 4;
const NETWORK = {
  offline: false,
  latency: 20,
  downloadThroughput: 8_000_000 / 8,
  uploadThroughput: 8_000_000 / 8,
};
const ADDRESSES = ['/', '/products', '/sign-in'];

const PAINTS = `new Promise((resolve) => {
  let largest = 0;
  new PerformanceObserver((list) => {
    largest = list.getEntries().at(-1).startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    const first = list.getEntriesByName('first-contentful-paint')[0]?.startTime;
    if (first) setTimeout(() => resolve({ first, largest }), 1000);
  }).observe({ type: 'paint', buffered: true });
})`;

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
 * @returns {Promise<{ first: number, largest: number }>}
 */
async function visit(browser, address) {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', NETWORK);
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  await page.goto(address, { waitUntil: 'load' });
  const paint = /** @type {{ first: number, largest: number }} */ (await page.evaluate(PAINTS));
  const t = await page.evaluate(`performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).map(e => e.name.split('/').pop().slice(0,20) + ' ' + Math.round(e.requestStart) + '-' + Math.round(e.responseEnd) + (e.renderBlockingStatus ?? '')).join(', ')`);
  console.log(address.slice(-10), JSON.stringify(paint), t);
  await context.close();
  return paint;
}

/** @param {number[]} values */
function medianOf(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}
