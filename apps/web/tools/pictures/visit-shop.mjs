const PASSWORD = 'correct horse battery staple';

/**
 * Walks from the landing page to the receipt, as a new customer and then as staff, and stops at every page.
 *
 * @param {import('playwright-core').Page} page
 * @param {(name: string) => Promise<void>} look
 */
export async function visitShop(page, look) {
  /** @param {string} name */
  const lookUncovered = async (name) => {
    const close = page.getByRole('button', { name: 'Close' });
    if (await close.isVisible()) await close.click();
    await look(name);
  };
  await page.goto('/');
  await page.locator('.shelf img').last().waitFor();
  await lookUncovered('landing');

  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill('ada');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('alert').waitFor();
  await lookUncovered('register-refused');
  await page.getByLabel('E-mail').fill('ada@example.test');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();

  await page.getByRole('button', { name: 'Add Fountain pen' }).click();
  await page.getByRole('button', { name: 'Add Field notebook' }).click();
  await page.getByRole('button', { name: 'Add Field notebook' }).click();
  await lookUncovered('products');
  await page.getByRole('link', { name: 'Go to your order' }).click();
  await page.getByRole('button', { name: 'Place the order' }).waitFor();
  await lookUncovered('new-order');
  await page.getByRole('button', { name: 'Place the order' }).click();

  await page.getByText('Live').waitFor();
  await page.getByLabel('A card that is declined').check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByRole('alert').waitFor();
  await lookUncovered('order-refused');
  await page.getByLabel('A card that is accepted').check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByRole('link', { name: 'See the receipt' }).waitFor();
  await page.locator('.trail .reached').nth(3).waitFor();
  await look('order'); // once with what the last click set off
  await page.getByRole('link', { name: 'See the receipt' }).click();
  await page.getByRole('button', { name: 'Mail it again' }).waitFor();
  await lookUncovered('receipt');

  await page.getByRole('link', { name: 'Products', exact: true }).click();
  await page.getByRole('button', { name: 'Add Enamel mug' }).click();
  await page.getByRole('link', { name: 'Go to your order' }).click();
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.getByText('Live').waitFor();
  await page.getByRole('link', { name: 'Orders', exact: true }).click();
  await page.getByRole('cell', { name: 'Paid' }).waitFor();
  await lookUncovered('orders');
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Save' }).waitFor();
  await page.getByText('This browser').waitFor();
  await lookUncovered('account');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();

  await page.getByRole('heading', { name: /desk/ }).waitFor();
  await page.goto('/sign-in');
  await lookUncovered('sign-in');
  await page.getByRole('button', { name: 'Sign in as staff' }).click();
  await page.getByRole('cell', { name: 'Paid' }).first().waitFor();
  await lookUncovered('staff');
}
