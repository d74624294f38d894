const PASSWORD = 'correct horse battery staple';

/**
 * Walks from the landing page to the receipt, as a new customer and then as staff, and stops at every page.
 *
 * @param {import('playwright-core').Page} page
 * @param {(name: string) => Promise<void>} look
 */
export async function visitEveryPage(page, look) {
  await page.goto('/');
  await page.locator('.shelf img').last().waitFor();
  await look('landing');

  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('E-mail').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill('ada');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('alert').waitFor();
  await look('register-refused');
  await page.getByLabel('E-mail').fill(`ada-${Date.now().toString(36)}@example.test`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();

  await page.getByRole('button', { name: 'Add Fountain pen' }).click();
  await page.getByRole('button', { name: 'Add Field notebook' }).click();
  await page.getByRole('button', { name: 'Add Field notebook' }).click();
  await look('products');
  await page.getByRole('link', { name: 'Go to your order' }).click();
  await page.getByRole('button', { name: 'Place the order' }).waitFor();
  await look('new-order');
  await page.getByRole('button', { name: 'Place the order' }).click();

  await page.getByText('Live').waitFor();
  await page.getByLabel('A card that is declined').check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByRole('alert').waitFor();
  await look('order-refused');
  await page.getByLabel('A card that is accepted').check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByRole('link', { name: 'See the receipt' }).waitFor();
  await page.locator('.trail .reached').nth(3).waitFor();
  await look('order');
  await page.getByRole('link', { name: 'See the receipt' }).click();
  await page.getByRole('button', { name: 'Mail it again' }).waitFor();
  await look('receipt');

  await page.getByRole('link', { name: 'Products', exact: true }).click();
  await page.getByRole('button', { name: 'Add Enamel mug' }).click();
  await page.getByRole('link', { name: 'Go to your order' }).click();
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.getByText('Live').waitFor();
  await page.getByRole('link', { name: 'Orders', exact: true }).click();
  await page.getByRole('cell', { name: 'Paid' }).waitFor();
  await look('orders');
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Save' }).waitFor();
  await look('account');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();

  await page.getByRole('heading', { name: /desk/ }).waitFor();
  await page.goto('/sign-in');
  await look('sign-in');
  await page.getByRole('button', { name: 'Sign in as staff' }).click();
  await page.getByRole('cell', { name: 'Paid' }).first().waitFor();
  await look('staff');
}
