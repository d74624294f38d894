import { spawnSync } from 'node:child_process';
import { openShop, type VisitedShop } from './support/index.js';

const KILOBYTE = 1000;

let shop: VisitedShop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('What the shop sends', () => {
  it('comes from nowhere else, compressed, within its bars', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));

    await page.goto('/', { waitUntil: 'networkidle' });

    expect(loaded.filter((url) => !url.startsWith(shop.url))).toEqual([]);
    expect(await bytesOf(loaded, '.js')).toBeLessThanOrEqual(30 * KILOBYTE);
    expect(await bytesOf(loaded, '.css')).toBeLessThanOrEqual(8 * KILOBYTE);
    expect(visitor.complained).toEqual([]);
    await visitor.leave();
  });

  it('may be kept for good, but for the document, which is asked for anew', async () => {
    const { page, leave } = await landing();
    const cacheControl = new Map<string, string | undefined>();
    page.on('response', (response) =>
      cacheControl.set(new URL(response.url()).pathname, response.headers()['cache-control']),
    );

    await page.reload({ waitUntil: 'networkidle' });

    expect(cacheControl.get('/')).toBe('no-cache');
    const assets = [...cacheControl].filter(([path]) => path.startsWith('/assets/'));
    expect(new Set(assets.map(([, value]) => value))).toEqual(
      new Set(['public, max-age=31536000, immutable']),
    );
    await leave();
  });

  it('does not move while it arrives', async () => {
    const { page, leave } = await landing();

    const shift = await page.evaluate(LAYOUT_SHIFT);

    expect(shift).toBeLessThan(0.001);
    await leave();
  });

  it('is typed in the pages as the API describes itself', () => {
    const args = ['apps/web/tools/api-types.mjs', '--check', '--from', shop.url];

    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('After a click the page shows what it set off', () => {
  it('where the shop tells: how many signals to how many receivers, and the way to see them', async () => {
    const { page, leave } = await landing();
    await page.route('**/api/v1/accounts', async (route) => {
      const response = await route.fetch();
      const headers = {
        ...response.headers(),
        'x-signals-trace': 'trace-1',
        'x-signals-summary': 'signals=1; receivers=2',
      };
      await route.fulfill({ response, headers });
    });

    // The guest is signed in next, which sends signals of its own.
    await page.route('**/api/v1/sessions', async (route) => {
      const response = await route.fetch();
      const { 'x-signals-trace': _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });

    await page.getByRole('button', { name: 'Look around as a guest' }).click();
    await page.getByRole('heading', { name: 'Products' }).waitFor();

    const note = page.getByText('This click sent 1 signal to 2 receivers');
    await note.waitFor();
    const link = note.getByRole('link', { name: 'see it' });
    expect(await link.getAttribute('href')).toBe('/_signals/t/trace-1');
    await page.getByRole('button', { name: 'Close' }).click();
    await note.waitFor({ state: 'detached' });
    await leave();
  });

  it('added up, where one click is more than one request', async () => {
    const { page, leave } = await landing();

    await page.getByRole('button', { name: 'Look around as a guest' }).click();
    await page.getByRole('heading', { name: 'Products' }).waitFor();

    const note = page.getByText(/^This click sent \d signals to \d receivers: see /);
    await note.getByRole('link', { name: 'request 2' }).waitFor();
    const opened = page.waitForEvent('popup');
    await note.getByRole('link', { name: 'request 1' }).click();
    expect(new URL((await opened).url()).pathname).toMatch(/^\/_signals\/t\/[0-9a-f-]{36}$/);
    await leave();
  });
});

async function landing() {
  const visitor = await shop.visitor();
  await visitor.page.goto('/');
  await visitor.page.getByRole('heading', { level: 1 }).waitFor();
  return { page: visitor.page, leave: () => visitor.leave() };
}

async function bytesOf(urls: readonly string[], end: string): Promise<number> {
  const sizes = await Promise.all(
    urls
      .filter((url) => url.endsWith(end))
      .map(async (url) => {
        const { headers } = await fetch(url, {
          method: 'HEAD',
          headers: { 'accept-encoding': 'gzip' },
        });
        expect(headers.get('content-encoding')).toBe('gzip');
        return Number(headers.get('content-length'));
      }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const LAYOUT_SHIFT = `new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0, shift)));
})`;
