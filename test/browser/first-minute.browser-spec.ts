import { newEmail, openShop, PASSWORD, STAFF, type VisitedShop } from './support/index.js';

let shop: VisitedShop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('The first minute in the shop', () => {
  it('leads from the landing page to a receipt, and to the mail with it', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    const email = newEmail('grace');

    await page.goto('/');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('Your name').fill('Grace');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByRole('button', { name: 'Add Fountain pen' }).click();
    await page.getByRole('button', { name: 'Add Fountain pen' }).click();
    await page.getByRole('button', { name: 'Add Enamel mug' }).click();
    await page.getByRole('link', { name: 'Go to your order' }).click();
    await page.getByText('€112.90', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByRole('button', { name: 'Pay €112.90' }).click();

    const trail = page.getByRole('list').filter({ hasText: 'Receipt issued' });
    await trail
      .getByRole('listitem')
      .filter({ hasText: /^Receipt issued\d/ })
      .waitFor();
    await page.getByRole('link', { name: 'See the receipt' }).click();
    await page.getByRole('heading', { name: /^Receipt R-\d{4}-\d{6}$/ }).waitFor();
    expect(await page.getByRole('row').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringMatching(/Fountain pen\s+2\s+€49.00\s+€98.00/)]),
    );
    await mailTo(email, 'Receipt');
    await page.getByText(/^E-mailed /).waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as PDF' }).click();
    expect((await saved).suggestedFilename()).toMatch(/^R-\d{4}-\d{6}\.pdf$/);
    expect(visitor.complained).toEqual([]);
    await visitor.leave();
  });

  it('shows the profile that a receiver made, and takes changes of it', async () => {
    const { page, leave } = await enter();

    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByLabel('Name').fill('Countess');
    await page.getByLabel('About you').fill('Writes programs.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.reload();

    await page.getByLabel('About you').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Countess');
    expect(await page.getByLabel('About you').inputValue()).toBe('Writes programs.');
    await leave();
  });

  it('lets a guest in by one click', async () => {
    const visitor = await shop.visitor();

    await visitor.page.goto('/');
    await visitor.page.getByRole('button', { name: 'Look around as a guest' }).click();

    await visitor.page.getByRole('heading', { name: 'Products' }).waitFor();
    expect(visitor.complained).toEqual([]);
    await visitor.leave();
  });

  it('keeps what was chosen before signing in', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await page.goto('/products');
    await page.getByRole('button', { name: 'Add Desk lamp' }).click();
    await page.getByRole('link', { name: 'Go to your order' }).click();

    await page.getByRole('button', { name: 'Sign in and place it' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('E-mail').fill(STAFF.email);
    await page.getByLabel('Password', { exact: true }).fill(STAFF.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();

    await page.getByRole('heading', { name: 'New order' }).waitFor();
    expect(await page.getByLabel('Quantity of Desk lamp').inputValue()).toBe('1');
    await visitor.leave();
  });

  it('lets staff mark an order as paid, and its customer see it at once', async () => {
    const { page, leave } = await enter();
    await page.getByRole('button', { name: 'Add Wall calendar' }).click();
    await page.getByRole('link', { name: 'Go to your order' }).click();
    await page.getByRole('button', { name: 'Place the order' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    const number = (await page.getByRole('heading', { level: 1 }).innerText()).split(' ').at(-1);

    const staff = await shop.visitor();
    await staff.page.goto('/sign-in');
    await staff.page.getByRole('button', { name: 'Sign in as staff' }).click();
    await staff.page.getByRole('button', { name: `Bank paid ${number}` }).click();

    await staff.page.getByText(`Order ${number} is paid.`).waitFor();
    await page.getByRole('link', { name: 'See the receipt' }).waitFor();
    await staff.leave();
    await leave();
  });

  it('loads older orders when asked', async () => {
    const { page, leave } = await enter();
    await page.evaluate(PLACE_25_ORDERS);

    await page.goto('/orders');
    await page.getByRole('button', { name: 'Load more' }).click();

    await page.getByRole('row').nth(25).waitFor();
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
    await leave();
  });
});

const PLACE_25_ORDERS = `(async () => {
  const session = await fetch('/api/v1/sessions/refresh', { method: 'POST' });
  const { accessToken } = await session.json();
  const headers = { authorization: 'Bearer ' + accessToken, 'content-type': 'application/json' };
  const lines = [{ productId: '019b7600-0000-7000-8000-000000000001', quantity: 1 }];
  for (let placed = 0; placed < 25; placed += 1) {
    await fetch('/api/v1/orders', { method: 'POST', headers, body: JSON.stringify({ lines }) });
  }
})()`;

async function enter() {
  const visitor = await shop.visitor();
  await visitor.page.goto('/');
  await visitor.page.getByRole('button', { name: 'Look around as a guest' }).click();
  await visitor.page.getByRole('heading', { name: 'Products' }).waitFor();
  return { page: visitor.page, leave: () => visitor.leave() };
}

async function mailTo(address: string, subject: string): Promise<void> {
  for (;;) {
    const mails = await shop.mails();
    if (mails.some((mail) => mail.to.includes(address) && mail.subject.includes(subject))) return;
  }
}
