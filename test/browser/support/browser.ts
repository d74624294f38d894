import { chromium, type Browser } from 'playwright-core';

/** The Chromium that all suites share, each with contexts of its own. */
export function openBrowser(): Promise<Browser> {
  const { CHROMIUM_ENDPOINT: endpoint } = process.env;
  if (!endpoint) throw new Error('Start the browser tests through npm run test:browser.');
  return chromium.connect(endpoint);
}
