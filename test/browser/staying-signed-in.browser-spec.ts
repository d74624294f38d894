import type { Page } from 'playwright-core';
import { openShop, PASSWORD, register, type VisitedShop } from './support/index.js';

let shop: VisitedShop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('Being signed in', () => {
  it('outlives a reload, and keeps the access token out of every storage', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await register(page);

    await page.goto('/account');

    await page.getByRole('button', { name: 'Save' }).waitFor();
    const kept = await page.evaluate(
      'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie',
    );
    expect(kept).not.toMatch(/eyJ|refresh/);
    expect(visitor.complained).toEqual([]);
    await visitor.leave();
  });

  it('outlives reloads in quick succession, which cut renewals off', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await register(page);

    for (let reloads = 0; reloads < 4; reloads += 1) {
      const renewal = page.waitForRequest('**/sessions/refresh');
      await page.goto('/account', { waitUntil: 'commit' });
      await renewal;
    }

    await page.goto('/account');
    await page.getByRole('button', { name: 'Save' }).waitFor();
    await visitor.leave();
  });

  it('is shared by tabs that renew at the same time', async () => {
    const visitor = await shop.visitor();
    await register(visitor.page);
    const tabs = await Promise.all([visitor.openTab(), visitor.openTab(), visitor.openTab()]);

    await Promise.all(tabs.map(({ page }) => page.goto('/account')));

    for (const { page } of tabs) await page.getByRole('button', { name: 'Save' }).waitFor();
    await visitor.leave();
  });

  it('ends in every tab when one signs out', async () => {
    const visitor = await shop.visitor();
    await register(visitor.page);
    const other = await visitor.openTab();
    await other.page.goto('/orders');
    await other.page.getByText('No orders yet.').waitFor();

    await visitor.page.getByRole('link', { name: 'Account' }).click();
    await visitor.page.getByRole('button', { name: 'Sign out', exact: true }).click();

    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await visitor.leave();
  });

  it('ends in every browser when it is ended everywhere', async () => {
    const here = await shop.visitor();
    const email = await register(here.page);
    const elsewhere = await shop.visitor();
    await signIn(elsewhere.page, email);

    await here.page.getByRole('link', { name: 'Account' }).click();
    await here.page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await here.page.getByRole('link', { name: 'Create an account' }).waitFor();
    await elsewhere.page.reload();

    await elsewhere.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await Promise.all([here.leave(), elsewhere.leave()]);
  });

  it('ends in one other browser, and goes on here', async () => {
    const here = await shop.visitor();
    const email = await register(here.page);
    const elsewhere = await shop.visitor();
    await signIn(elsewhere.page, email);

    await here.page.getByRole('link', { name: 'Account' }).click();
    await here.page.getByText('This browser').waitFor();
    await here.page.getByRole('button', { name: 'Sign it out' }).click();
    await here.page.getByText('Another browser').waitFor({ state: 'detached' });
    await elsewhere.page.reload();

    await elsewhere.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await here.page.evaluate('document.activeElement.id')).toBe('sessions');
    await Promise.all([here.leave(), elsewhere.leave()]);
  });

  it('is asked for first, and then leads back', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await page.goto('/account');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();

    await page.getByRole('button', { name: 'Sign in as staff' }).click();

    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await visitor.leave();
  });
});

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('No orders yet.').waitFor();
}
