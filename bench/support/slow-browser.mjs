export const CPU_SLOWDOWN = 4;
export const NETWORK = {
  offline: false,
  latency: 20,
  downloadThroughput: 8_000_000 / 8,
  uploadThroughput: 8_000_000 / 8,
};

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

/**
 * A page on a slower processor and a slower network.
 *
 * @param {import('playwright-core').BrowserContext} context
 */
export async function slowed(context) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', NETWORK);
  await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  return page;
}

/**
 * First and largest contentful paint, in milliseconds.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ first: number, largest: number }>}
 */
export function paintsOf(page) {
  return page.evaluate(PAINTS);
}

/** @param {readonly number[]} values */
export function medianOf(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}
