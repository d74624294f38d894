import {
  findingsInBothThemes,
  findingsOn,
  openShop,
  type Visitor,
  type VisitedShop,
} from './support/index.js';
import { inspectorVisitor, look, payForSomething } from './support/inspector.js';

let shop: VisitedShop;
let payment: string;
let visitor: Visitor;
beforeAll(async () => {
  shop = await openShop({
    // Nobody listens there: a collector that is down is no business of the shop.
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    TRACING_UI: 'http://127.0.0.1:16686/trace/{traceId}',
  });
  payment = await payForSomething(shop);
  visitor = await inspectorVisitor(shop);
}, 60_000);
afterAll(() => shop.close());

const PAGES = [
  '',
  't/:payment',
  'signals',
  'signals/orders.orderPaid',
  'map',
  'jobs',
  'checks',
  'mail',
];
/** Opened at the first width, and then only made narrower: 640 is 1280 at a zoom of 200 %. */
const WIDTHS = [
  [1280, 820],
  [640, 390, 320],
] as const;

const addressOf = (path: string): string => `/_signals/${path.replace(':payment', payment)}`;

describe('The inspector in a browser', () => {
  it.each(PAGES)(
    'shows /%s, accessible and without a complaint, in both themes and at every width',
    async (path) => {
      const { page } = visitor;
      for (const [opened, ...narrower] of WIDTHS) {
        await page.setViewportSize({ width: opened, height: 900 });
        await page.goto(addressOf(path));
        await page.getByRole('banner').getByText('Live').waitFor();
        await page.getByRole('heading').first().waitFor();
        await page.locator('.loading').waitFor({ state: 'detached' });
        for (const width of [opened, ...narrower]) {
          await page.setViewportSize({ width, height: 900 });
          expect(
            Number(await page.evaluate('document.documentElement.scrollWidth')),
          ).toBeLessThanOrEqual(width);
          if (width !== opened && width !== 320) continue;
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            await look(
              page,
              `${path.replaceAll(/\W+/g, '-') || 'timeline'}-${width}-${colorScheme}`,
            );
          }
          expect(await findingsInBothThemes(page)).toEqual([]);
        }
      }
      expect(visitor.complained).toEqual([]);
    },
    120_000,
  );

  it('leads from a request to the same one in the tracing UI', async () => {
    const { page } = visitor;
    await page.goto(addressOf('t/:payment'));

    const link = page.getByRole('link', { name: 'Open in the tracing UI' });

    expect(await link.getAttribute('href')).toMatch(
      /^http:\/\/127\.0\.0\.1:16686\/trace\/[0-9a-f]{32}$/,
    );
  });

  it('is walked through by keys', async () => {
    const { page } = visitor;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(addressOf('t/:payment'));
    const rows = page.getByRole('row');
    await rows.first().focus();

    await page.keyboard.press('1');
    await rows.nth(1).waitFor({ state: 'detached' });
    await page.keyboard.press('x');
    await rows.nth(20).waitFor({ state: 'attached' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('#panel:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[aria-rowindex="2"]:focus').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');

    await page.getByRole('heading', { name: 'Map' }).waitFor();
  });

  it('suggests in the filter what is connected, after what stands there already', async () => {
    const { page } = visitor;
    await page.goto(addressOf(''));
    const filter = page.getByLabel('Filter');

    await filter.fill('error:any ');
    await page
      .locator('#filter-suggestions option[value="error:any receiver:billing.issueReceipt"]')
      .waitFor({ state: 'attached' });
    await filter.fill('signal:orders.orderPaid');

    await page.locator('.trace-row', { hasText: '/pay' }).waitFor();
    expect(await page.locator('.trace-row').count()).toBe(1);
  });

  it('is left and entered by keys: the filter, the theme, the list of keys, the next request', async () => {
    const { page } = visitor;
    await page.goto(addressOf('t/:payment'));
    await page.getByRole('row').first().waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('n?t');
    const filter = await page.getByLabel('Filter').inputValue();
    await page.getByLabel('Filter').fill('');
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.locator('html[data-theme=light]').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await findingsOn(page)).toEqual([]);
    await page.keyboard.press('n');
    const underDialog = page.url();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await page.waitForURL((url) => !url.pathname.endsWith(payment));
    await page.keyboard.press('p');
    await page.waitForURL((url) => url.pathname.endsWith(payment));

    expect(filter).toBe('n?t');
    expect(underDialog).toContain(payment);
  });
});
