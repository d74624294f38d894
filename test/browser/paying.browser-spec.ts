import type { Page, Request } from 'playwright-core';
import {
  openShop,
  pay,
  placeOrder,
  register,
  waitUntilPaid,
  type Visitor,
  type VisitedShop,
} from './support/index.js';

const PAY = '**/api/v1/orders/*/pay';

let shop: VisitedShop;
let visitor: Visitor;
let page: Page;
let orderId: string;
beforeAll(async () => {
  shop = await openShop();
  visitor = await shop.visitor();
  ({ page } = visitor);
  await register(page);
});
beforeEach(async () => {
  orderId = await placeOrder(page);
});
afterEach(() => page.unrouteAll());
afterAll(() => shop.close());

describe('An order is paid once', () => {
  it('when the button is pressed twice', async () => {
    const asked = requestsTo('/pay');

    await page.getByRole('button', { name: /^Pay/ }).dblclick();

    await waitUntilPaid(page);
    expect(asked).toHaveLength(1);
    expect(await paymentsOf(orderId)).toEqual([{ status: 'succeeded' }]);
  });

  it('when the page is reloaded before the answer is there', async () => {
    const asked = requestsTo('/pay');
    let isFirst = true;
    const paidBehind = new Promise<void>((resolve) => {
      void page.route(PAY, async (route) => {
        if (!isFirst) return route.continue();
        isFirst = false;
        await route.fetch(); // and nobody hears the answer
        resolve();
      });
    });

    await pay(page);
    await paidBehind;
    await page.reload();

    await waitUntilPaid(page);
    expect(new Set(asked.map(keyOf)).size).toBe(1);
    expect(await paymentsOf(orderId)).toEqual([{ status: 'succeeded' }]);
  });

  it('when its answer is lost on the way', async () => {
    const asked = requestsTo('/pay');
    let isFirst = true;
    await page.route(PAY, async (route) => {
      if (!isFirst) return route.continue();
      isFirst = false;
      await route.fetch();
      await route.abort('connectionreset');
    });

    await pay(page);

    await waitUntilPaid(page);
    expect(new Set(asked.map(keyOf)).size).toBe(1);
    expect(await paymentsOf(orderId)).toEqual([{ status: 'succeeded' }]);
  });

  it('when the bank answers only at the second try', async () => {
    await page.getByLabel('A bank that answers at the second try').check();

    await pay(page);

    await page.getByRole('heading', { name: 'We are checking' }).waitFor();
    await waitUntilPaid(page);
    expect(await paymentsOf(orderId)).toEqual([{ status: 'succeeded' }]);
  });

  it('when the server is killed in the middle, and comes back', async () => {
    const rival = await shop.connect();
    await rival.query('BEGIN');
    await rival.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [orderId]);
    await pay(page);
    await paymentWaitsForOrder();

    await shop.application.kill();
    await rival.end();

    await page.getByRole('heading', { name: 'We are checking' }).waitFor();
    await shop.application.start();
    await waitUntilPaid(page);
    expect(await paymentsOf(orderId)).toEqual([{ status: 'succeeded' }]);
  });

  it('when two tabs of one browser pay it', async () => {
    const other = await visitor.openTab();
    await other.page.goto(page.url());
    await other.page.getByRole('button', { name: /^Pay/ }).waitFor();

    await Promise.all([pay(page), pay(other.page)]);

    await Promise.all([waitUntilPaid(page), waitUntilPaid(other.page)]);
    const succeeded = await paymentsOf(orderId);
    expect(succeeded.filter(({ status }) => status === 'succeeded')).toHaveLength(1);
    await other.page.close();
  });
});

describe('A payment that is refused', () => {
  it('says so, and lets another card be used', async () => {
    await page.getByLabel('A card that is declined').check();
    await pay(page);

    await page.getByRole('alert').filter({ hasText: 'The payment was declined' }).waitFor();
    await page.getByLabel('A card that is accepted').check();
    await pay(page);

    await waitUntilPaid(page);
    expect(await paymentsOf(orderId)).toEqual([{ status: 'declined' }, { status: 'succeeded' }]);
  });

  it('gives way to another card when its bank never answers', async () => {
    await page.getByLabel('A bank that never answers').check();
    await pay(page);
    await page.getByRole('button', { name: 'Use another card instead' }).click();
    await page.getByLabel('A card that is accepted').check();

    await pay(page);

    await waitUntilPaid(page);
    const payments = await paymentsOf(orderId);
    expect(payments.filter(({ status }) => status === 'succeeded')).toHaveLength(1);
  });
});

function requestsTo(end: string): Request[] {
  const requests: Request[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith(end)) requests.push(request);
  });
  return requests;
}

function keyOf(request: Request): string | undefined {
  return request.headers()['idempotency-key'];
}

async function paymentsOf(id: string): Promise<{ status: string }[]> {
  const client = await shop.connect();
  const { rows } = await client.query<{ status: string }>(
    'SELECT status FROM payments WHERE order_id = $1 ORDER BY created_at',
    [id],
  );
  await client.end();
  return rows;
}

async function paymentWaitsForOrder(): Promise<void> {
  const client = await shop.connect();
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await client.query(waiting)).rowCount === 0);
  await client.end();
}
