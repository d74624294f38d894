import { chromium } from 'playwright-core';

import { say } from '../../../../scripts/launcher/project.mjs';
import { findChromium } from '../../../../scripts/tests/chromium.mjs';
import { withRunningShop } from '../running-shop.mjs';
import { payForSomething } from './customer.mjs';
import { withRefusingMailServer } from './refusing-mail-server.mjs';
import { hideWhatIsRandom, keepSteady } from './steady.mjs';
import { visitDeadLetters, visitInspector } from './visit-inspector.mjs';
import { visitShop } from './visit-shop.mjs';

/**
 * @typedef {{ colorScheme: 'light' | 'dark', width: number }} View
 * @typedef {import('playwright-core').Browser} Browser
 * @typedef {import('playwright-core').Page} Page
 * @typedef {Awaited<ReturnType<import('playwright-core').BrowserContext['storageState']>>} Cookies
 */

const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--hide-scrollbars'];

/**
 * Takes a picture of every page of the shop and of the inspector, as far as it is wanted in a view.
 *
 * @param {object} options
 * @param {AbortSignal} options.asked
 * @param {string} options.folder
 * @param {readonly View[]} options.views
 * @param {(name: string, view: View) => boolean} options.isWanted
 */
export async function takePictures({ asked, folder, views, isWanted }) {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ARGS });
  try {
    for (const view of views) {
      await withRunningShop(asked, (shop) =>
        look({ shop, view }, (page, picture) => visitShop(page, picture)),
      );
    }
    await withRunningShop(asked, async (shop, link) => {
      const { payment, cookies } = await inspectedPayment(browser, shop, link);
      for (const view of views) {
        await look({ shop, view, cookies }, (page, picture) =>
          visitInspector(page, payment, picture),
        );
      }
    });
    await withRefusingMailServer((SMTP_URL) =>
      withRunningShop(
        asked,
        async (shop, link) => {
          const { cookies } = await inspectedPayment(browser, shop, link);
          for (const view of views) await look({ shop, view, cookies }, visitDeadLetters);
        },
        { SMTP_URL },
      ),
    );
  } finally {
    await browser.close();
  }

  /**
   * @param {{ shop: string, view: View, cookies?: Cookies }} place
   * @param {(page: Page, picture: (name: string) => Promise<void>) => Promise<void>} visit
   */
  async function look({ shop, view, cookies }, visit) {
    const { colorScheme, width } = view;
    const context = await browser.newContext({
      baseURL: shop,
      colorScheme,
      viewport: { width, height: width < 700 ? 640 : 800 },
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
      ...(cookies && { storageState: cookies }),
    });
    const page = await context.newPage();
    await keepSteady(page);
    await visit(page, async (name) => {
      if (!isWanted(name, view)) return;
      const file = `${name}-${colorScheme}-${width}.png`;
      await toTheTop(page);
      await hideWhatIsRandom(page);
      await page.screenshot({ path: `${folder}/${file}`, fullPage: true, animations: 'disabled' });
      say(file);
    });
    await context.close();
  }
}

/**
 * The same place of the page, with no row under the mouse.
 *
 * @param {Page} page
 */
async function toTheTop(page) {
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    for (const each of document.querySelectorAll('*')) each.scrollTop = 0;
  });
}

/**
 * Has somebody pay who is let into the inspector: the trace of the payment, and the cookies that let others in.
 *
 * @param {Browser} browser
 * @param {string} shop
 * @param {string} link
 */
async function inspectedPayment(browser, shop, link) {
  const context = await browser.newContext();
  await context.request.get(link);
  /** @param {string} path */
  const ask = async (path) => (await context.request.get(`${shop}/_signals/api/${path}`)).json();
  const payment = await payForSomething(shop, async () => {
    const patience = AbortSignal.timeout(30_000);
    for (let isCalm = false; !isCalm;) {
      patience.throwIfAborted();
      const { jobs } = await ask('jobs');
      const { traces } = await ask('traces?limit=500');
      const { waiting, retrying, active } = jobs.states;
      isCalm = waiting + retrying + active === 0 && traces.every((each) => 'duration' in each);
    }
  });
  const cookies = await context.storageState();
  await context.close();
  return { payment, cookies };
}
