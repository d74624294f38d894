import type { Page } from 'playwright-core';
import {
  findingsInBothThemes,
  newEmail,
  openShop,
  pay,
  placeOrder,
  register,
  waitUntilPaid,
  type VisitedShop,
} from './support/index.js';

let shop: VisitedShop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('In light and in dark, axe finds nothing wrong with', () => {
  it('the pages of a stranger', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    const findings = collect(page);

    await page.goto('/');
    await page.getByRole('button', { name: 'Look around as a guest' }).waitFor();
    await findings.take('landing');
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await findings.take('sign-in, refused');
    await page.goto('/register');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('alert').waitFor();
    await findings.take('register, refused');
    await page.goto('/orders/new');
    await page.getByText('Nothing is in it yet').waitFor();
    await findings.take('new order, empty');
    await page.goto('/dev/mail');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await findings.take('mail');

    expect(findings.found).toEqual([]);
    await visitor.leave();
  });

  it('the pages of a customer', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    const findings = collect(page);

    await register(page);
    await page.getByRole('button', { name: 'Add Desk lamp' }).click();
    await findings.take('products');
    await page.getByRole('link', { name: 'Go to your order' }).click();
    await page.getByRole('button', { name: 'Place the order' }).waitFor();
    await findings.take('new order');
    await page.goto('/orders');
    await page.getByText('No orders yet.').waitFor();
    await findings.take('orders, none');
    await placeOrder(page);
    await page.getByLabel('A card that is declined').check();
    await pay(page);
    await page.getByRole('alert').waitFor();
    await findings.take('order, refused');
    await page.getByLabel('A bank that never answers').check();
    await pay(page);
    await page.getByRole('button', { name: 'Use another card instead' }).waitFor();
    await findings.take('order, checking');
    await page.getByRole('button', { name: 'Use another card instead' }).click();
    await page.getByLabel('A card that is accepted').check();
    await pay(page);
    await waitUntilPaid(page);
    await findings.take('order, paid');
    await page.getByRole('link', { name: 'See the receipt' }).click();
    await page.getByRole('button', { name: 'Print' }).waitFor();
    await findings.take('receipt');
    await page.goto('/orders');
    await page.getByRole('row').nth(1).waitFor();
    await findings.take('orders');
    await page.goto('/account');
    await page.getByRole('button', { name: 'Save' }).waitFor();
    await findings.take('account');
    await page.goto('/orders/nowhere');
    await page.getByRole('alert').waitFor();
    await findings.take('order, unknown');

    expect(findings.found).toEqual([]);
    expect(visitor.complained).toEqual([]);
    await visitor.leave();
  });

  it('the page of the staff', async () => {
    const customer = await shop.visitor();
    await register(customer.page);
    await placeOrder(customer.page);
    await customer.leave();
    const visitor = await shop.visitor();
    const { page } = visitor;
    const findings = collect(page);

    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in as staff' }).click();
    await page
      .getByRole('button', { name: /^Bank paid/ })
      .first()
      .waitFor();
    await findings.take('staff');
    await page.getByLabel('Paid').check();
    await findings.take('staff, paid orders');

    expect(findings.found).toEqual([]);
    await visitor.leave();
  });
});

describe('At 320 pixels, as at 1280 with a zoom of 400 %', () => {
  it('nothing has to be scrolled sideways, and what is pressed is large enough', async () => {
    const visitor = await shop.visitor({ viewport: { width: 320, height: 640 } });
    const { page } = visitor;
    const faults: string[] = [];
    const check = async (name: string) => {
      const width: number = await page.evaluate('document.documentElement.scrollWidth');
      if (width > 320) faults.push(`${name} is ${width} wide`);
      const small: string[] = await page.evaluate(SMALL_TARGETS);
      faults.push(...small.map((text) => `${name}: ${text}`));
    };

    await page.goto('/');
    await page.getByRole('button', { name: 'Look around as a guest' }).waitFor();
    await check('landing');
    await page.goto('/register');
    await page.getByLabel('E-mail').waitFor();
    await check('register');
    await register(page);
    await check('products');
    await page.getByRole('button', { name: 'Add Canvas backpack' }).click();
    await page.goto('/orders/new');
    await page.getByRole('button', { name: 'Place the order' }).waitFor();
    await check('new order');
    await placeOrder(page);
    await check('order');
    await pay(page);
    await waitUntilPaid(page);
    await check('order, paid');
    await page.getByRole('link', { name: 'See the receipt' }).click();
    await page.getByRole('button', { name: 'Print' }).waitFor();
    await check('receipt');
    await page.goto('/orders');
    await page.getByRole('row').nth(1).waitFor();
    await check('orders');
    await page.goto('/account');
    await page.getByRole('button', { name: 'Save' }).waitFor();
    await check('account');

    expect(faults).toEqual([]);
    await visitor.leave();
  });
});

describe('An address as long as addresses may be', () => {
  it.each([320, 1280])('fits on every page that shows it, %s pixels wide', async (width) => {
    const viewport = { width, height: 640 };
    const domain = [60, 60, 40].map((length) => 'x'.repeat(length)).join('.');
    const visitor = await shop.visitor({ viewport });
    const staff = await shop.visitor({ viewport });
    const wide: string[] = [];
    const check = async (page: Page, path: string, shown: RegExp) => {
      await page.goto(path);
      await page.getByText(shown).first().waitFor();
      const found: number = await page.evaluate('document.documentElement.scrollWidth');
      if (found > width) wide.push(`${path} is ${found} wide`);
    };

    await register(visitor.page, newEmail('w'.repeat(50)).replace('@', `@${domain}.`));
    await placeOrder(visitor.page);
    await check(visitor.page, '/account', /^w{50}/);
    await check(visitor.page, '/dev/mail', /w{50}/);
    await staff.page.goto('/sign-in');
    await staff.page.getByRole('button', { name: 'Sign in as staff' }).click();
    await staff.page.getByRole('heading', { name: "Everybody's orders" }).waitFor();
    await check(staff.page, '/staff', /^w{50}/);

    expect(wide).toEqual([]);
    await visitor.leave();
    await staff.leave();
  });
});

describe('With the keyboard alone', () => {
  it('the first stop is the way past the navigation', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await page.goto('/products');
    await page.getByRole('button', { name: 'Add Desk lamp' }).waitFor();

    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');

    expect(await focused(page)).toContain('Add');
    await visitor.leave();
  });

  it('the focus and the title go along to the next page', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await page.goto('/products');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.title()).toBe('Products · The shop');

    await page.getByRole('link', { name: 'New order' }).press('Enter');
    await page.getByText('Nothing is in it yet').waitFor();

    expect(await page.title()).toBe('New order · The shop');
    expect(await focused(page)).toBe('New order');
    await visitor.leave();
  });

  it('a refused form is told at its head, from where each fault is one step away', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await page.goto('/register');
    await page.getByLabel('E-mail').fill('nobody');
    await page.getByLabel('E-mail').press('Enter');
    const summary = page.getByRole('alert');
    await summary.waitFor();

    expect(await focused(page)).toContain('2 things to correct');
    await summary.getByRole('link', { name: 'E-mail must be an e-mail address' }).press('Enter');

    const field = page.getByLabel('E-mail');
    expect(await page.evaluate('document.activeElement.id')).toBe('email');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.getAttribute('aria-describedby')).toBe('email-error');
    await visitor.leave();
  });

  it('a removed line hands the focus on', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await page.goto('/products');
    await page.getByRole('button', { name: 'Add Desk lamp' }).press('Enter');
    await page.getByRole('button', { name: 'Add Enamel mug' }).press('Enter');
    await page.getByRole('link', { name: 'Go to your order' }).press('Enter');

    await page.getByRole('button', { name: 'Remove Desk lamp' }).press('Enter');

    const label = await page.evaluate('document.activeElement.labels?.[0]?.innerText');
    expect(label).toBe('Quantity of Enamel mug');
    await visitor.leave();
  });
});

/** Buttons, fields and links that stand alone, and are less than 44 pixels high. */
const SMALL_TARGETS = `[...document.querySelectorAll('button, input, select, nav a, a.button')]
  .filter((element) => element.checkVisibility() && element.type !== 'radio')
  .map((element) => [element.textContent || element.id, element.getBoundingClientRect()])
  .filter(([, { height }]) => height < 43.5)
  .map(([text, { height }]) => text + ' is ' + height + ' high')`;

function collect(page: Page) {
  const found: string[] = [];
  return {
    found,
    take: async (name: string) => {
      found.push(...(await findingsInBothThemes(page)).map((finding) => `${name}: ${finding}`));
    },
  };
}

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.innerText');
}
