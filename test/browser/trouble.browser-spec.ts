import { EventEmitter, once } from 'node:events';
import {
  openShop,
  pay,
  placeOrder,
  register,
  waitUntilPaid,
  type VisitedShop,
} from './support/index.js';

const MAIL_IS_DOWN = { SMTP_URL: 'smtp://127.0.0.1:1' };

let shop: VisitedShop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('While the mail server is down', () => {
  it('customers register, pay and get their receipts all the same', async () => {
    await shop.application.stop();
    await shop.application.start(MAIL_IS_DOWN);
    const visitor = await shop.visitor();
    await register(visitor.page);
    await placeOrder(visitor.page);

    await pay(visitor.page);
    await waitUntilPaid(visitor.page);
    await visitor.page.getByRole('link', { name: 'See the receipt' }).click();

    await visitor.page.getByRole('heading', { name: /^Receipt R-/ }).waitFor();
    await visitor.page.getByText('The receipt is on its way to you by e-mail').waitFor();
    expect(visitor.complained).toEqual([]);
    await visitor.leave();
    await shop.application.stop();
    await shop.application.start();
  });
});

describe('In trouble the pages', () => {
  it('say that the browser is offline, keep what was filled in, and go on afterwards', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await register(page);
    await page.getByRole('button', { name: 'Add Desk lamp' }).click();
    await page.getByRole('link', { name: 'Go to your order' }).click();
    await page.getByRole('button', { name: 'Place the order' }).waitFor();

    await page.context().setOffline(true);
    await page.getByText(/^You are offline\. What you see/).waitFor();
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('alert').filter({ hasText: 'Nothing was sent' }).waitFor();
    expect(await page.getByLabel('Quantity of Desk lamp').inputValue()).toBe('1');

    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('heading', { name: /^Order O-/ }).waitFor();
    await visitor.leave();
  });

  it('say that they wait when the shop is slow, and that it cannot be reached when it is gone', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await register(page);
    const gate = new EventEmitter();
    const released = once(gate, 'released');
    await page.route(/api\/v1\/orders(\?|$)/, async (route) => {
      await released;
      await route.continue().catch(() => undefined);
    });

    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.getByText('This takes longer than usual').waitFor();
    await shop.application.stop();
    gate.emit('released');

    const alert = page.getByRole('alert').filter({ hasText: 'The shop cannot be reached' });
    await alert.waitFor();
    await shop.application.start();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No orders yet.').waitFor();
    await visitor.leave();
  });

  it('ask from time to time when they cannot be told', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await register(page);
    await page.route('**/events', (route) => route.abort());
    await page.goto('/products');
    await page.getByRole('button', { name: 'Add Desk lamp' }).click();
    await page.getByRole('link', { name: 'Go to your order' }).click();
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByText('Asking every few seconds').waitFor();

    const tab = await visitor.openTab();
    await tab.page.goto(page.url());
    await pay(tab.page);

    await waitUntilPaid(page);
    await visitor.leave();
  });
});

describe('The receipt on paper', () => {
  it('is the receipt alone, in black on white', async () => {
    const visitor = await shop.visitor({ colorScheme: 'dark' });
    const { page } = visitor;
    await register(page);
    await placeOrder(page);
    await pay(page);
    await page.getByRole('link', { name: 'See the receipt' }).click();
    await page.getByRole('button', { name: 'Print' }).waitFor();

    await page.emulateMedia({ media: 'print' });

    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
    expect(await page.getByRole('row').first().isVisible()).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.querySelector("main")).color')).toBe(
      'rgb(0, 0, 0)',
    );
    await visitor.leave();
  });
});
