import { findingsOn, openShop, type Visitor, type VisitedShop } from './support/index.js';
import { inspectorVisitor, payForSomething } from './support/inspector.js';

let shop: VisitedShop;
let payment: string;
let visitor: Visitor;
beforeAll(async () => {
  shop = await openShop();
  payment = await payForSomething(shop);
  visitor = await inspectorVisitor(shop);
}, 60_000);
afterAll(() => shop.close());

const SCREENS = process.env['SCREENSHOTS'];

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
const SIZES = [
  { width: 320, height: 720 },
  { width: 820, height: 900 },
  { width: 1440, height: 900 },
];

const addressOf = (path: string): string => `/_signals/${path.replace(':payment', payment)}`;

describe('The inspector in a browser', () => {
  it.each(PAGES)(
    'shows /%s, accessible and without a complaint, in both themes and at every width',
    async (path) => {
      const { page } = visitor;
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const size of SIZES) {
          await page.setViewportSize(size);
          await page.goto(addressOf(path));
          await page.locator('.loading').waitFor({ state: 'detached' });
          await page
            .getByRole('status')
            .getByText('Live')
            .or(page.getByText('Live', { exact: true }))
            .first()
            .waitFor();
          if (SCREENS) {
            const name = `${path.replaceAll(/\W+/g, '-') || 'timeline'}-${size.width}-${colorScheme}`;
            await page.screenshot({ path: `${SCREENS}/${name}.png` });
          }

          const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
          expect(width).toBeLessThanOrEqual(size.width);
          if (size.width !== 820) expect(await findingsOn(page)).toEqual([]);
        }
      }
      expect(visitor.complained).toEqual([]);
    },
    120_000,
  );

  it('is walked through by keys', async () => {
    const { page } = visitor;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(addressOf('t/:payment'));
    const rows = page.getByRole('row');
    await rows.first().focus();

    await page.keyboard.press('1');
    const closed = await rows.count();
    await page.keyboard.press('x');
    const opened = await rows.count();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const details = await page.evaluate('document.activeElement.id');
    await page.keyboard.press('Escape');
    const back = await page.evaluate('document.activeElement.getAttribute("aria-rowindex")');
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { name: 'Map' }).waitFor();

    expect([closed, details, back]).toEqual([1, 'panel', '2']);
    expect(opened).toBeGreaterThan(20);
  });
});
