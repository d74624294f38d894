import { chromium } from 'playwright-core';

import { withRunningShop } from '../apps/web/tools/running-shop.mjs';
import { visitShop } from '../apps/web/tools/pictures/visit-shop.mjs';
import { launch } from '../scripts/launcher/launch.mjs';
import { findChromium } from '../scripts/tests/chromium.mjs';
import { CPU_SLOWDOWN, medianOf, NETWORK, paintsOf, slowed } from './support/slow-browser.mjs';

const ROUNDS = 7;
const SPANS = 1_000;

/** First paint of the inspector, and how long a trace of a thousand spans takes from the click to its picture. */
await launch(async ({ asked }) => {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  try {
    await withRunningShop(asked, async (shop, inspector) => {
      await useTheShop(browser, shop);
      console.log(`A processor ${CPU_SLOWDOWN} times slower, 8 Mbit/s, ${NETWORK.latency} ms away`);
      const session = await signIn(browser, inspector);
      const paints = [];
      const openings = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const page = await slowed(await browser.newContext({ storageState: session }));
        await page.goto(new URL('/_signals/', shop).href, { waitUntil: 'load' });
        paints.push(await paintsOf(page));
        openings.push(await openLongTrace(page));
        await page.context().close();
      }
      console.log(
        `the list      first paint ${medianOf(paints.map(({ first }) => first))} ms, largest ` +
          `${medianOf(paints.map(({ largest }) => largest))} ms`,
      );
      console.log(
        `${SPANS} spans   from the click to the first screen ${medianOf(openings.map(({ first }) => first))} ms, ` +
          `to the last row ${medianOf(openings.map(({ whole }) => whole))} ms`,
      );
    });
  } finally {
    await browser.close();
  }
  return 0;
});

/** @param {import('playwright-core').Browser} browser @param {string} shop */
async function useTheShop(browser, shop) {
  const context = await browser.newContext({ baseURL: shop, locale: 'en-GB' });
  await visitShop(await context.newPage(), async () => {});
  await context.close();
}

/** @param {import('playwright-core').Browser} browser @param {string} link */
async function signIn(browser, link) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('link', { name: /POST/ }).first().waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

/**
 * Clicks at a payment, whose trace is answered with its spans over and over.
 *
 * @param {import('playwright-core').Page} page
 */
async function openLongTrace(page) {
  await page.route(/\/api\/traces\/[^/]+$/, async (route) => {
    const answer = await route.fetch();
    const trace = await answer.json();
    await route.fulfill({ response: answer, json: { ...trace, spans: repeated(trace.spans) } });
  });
  await page
    .getByRole('link', { name: /POST .*pay/ })
    .first()
    .waitFor();
  return page.evaluate(
    `new Promise((resolve) => {
      const link = [...document.querySelectorAll('a')].find(({ textContent }) => /POST.*pay/.test(textContent));
      const from = performance.now();
      let first;
      link.click();
      const look = () => {
        const rows = document.querySelectorAll('[role=treegrid] [role=row]').length;
        requestAnimationFrame(() => setTimeout(() => {
          if (rows > 0) first ??= performance.now() - from;
          if (rows < ${SPANS} / 2) look();
          else resolve({ first, whole: performance.now() - from });
        }));
      };
      look();
    })`,
  );
}

/** @param {readonly { id: number, parent?: number, name: string, kind: string }[]} spans */
function repeated(spans) {
  const [entry, ...others] = spans;
  const more = [entry];
  for (let round = 0; more.length < SPANS; round += 1) {
    const shift = round * others.length;
    for (const span of others) {
      const parent = span.parent ? span.parent + shift : span.parent;
      more.push({ ...span, id: span.id + shift, parent });
    }
  }
  return more.slice(0, SPANS);
}
