import { chromium } from 'playwright-core';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @type {import('playwright-core').BrowserServer | undefined} */
let server;

/** Jest calls it before all suites, which share this browser. */
export async function startChromium() {
  const { CHROMIUM_PATH: executablePath } = process.env;
  if (!executablePath) throw new Error('Start the browser tests through npm run test:browser.');
  server = await chromium.launchServer({ executablePath, args: QUIET });
  process.env['CHROMIUM_ENDPOINT'] = server.wsEndpoint();
}

export async function stopChromium() {
  await server?.close();
}
