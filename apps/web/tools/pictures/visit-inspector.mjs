/**
 * Walks through the inspector of a shop in which somebody has paid, and stops at every page.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} payment the id of the trace of the payment
 * @param {(name: string) => Promise<void>} look
 */
export async function visitInspector(page, payment, look) {
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  // It scrolls within the page: there has to be room for all of it.
  await page.setViewportSize({ width, height: Math.max(height, 1_260) });
  await page.goto(`/_signals/t/${payment}`);
  await page.getByText('Live', { exact: true }).waitFor();
  const rows = page.getByRole('treegrid').getByRole('row');
  await rows.filter({ hasText: 'transaction' }).first().click();
  await page.keyboard.press('ArrowLeft');
  await rows.filter({ hasText: 'billing.issueReceipt' }).click();
  await look('inspector-trace');
  await page.setViewportSize({ width, height });

  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: 'Signals' }).click();
  await page.getByRole('rowheader', { name: 'orders.orderPaid' }).waitFor();
  await look('inspector-signals');
  await page.getByRole('link', { name: 'orders.orderPaid' }).click();
  await page.getByRole('heading', { name: 'billing.issueReceipt' }).waitFor();
  await look('inspector-signal');

  await pages.getByRole('link', { name: 'Map' }).click();
  await page.getByText('in the transaction').first().waitFor();
  await look('inspector-map');

  await pages.getByRole('link', { name: 'Checks' }).click();
  await page.locator('.finding').first().waitFor();
  await look('inspector-checks');

  await pages.getByRole('link', { name: 'Mail' }).click();
  await page.getByRole('link', { name: /^Receipt/ }).waitFor();
  await page.frameLocator('iframe').getByText('Thank you!').waitFor();
  await look('inspector-mail');
}

/**
 * Stops at the dead letters of a shop that no mail server serves.
 *
 * @param {import('playwright-core').Page} page
 * @param {(name: string) => Promise<void>} look
 */
export async function visitDeadLetters(page, look) {
  await page.goto('/_signals/jobs');
  await page.getByText('Live', { exact: true }).waitFor();
  const letters = page.getByRole('region', { name: 'Dead letters' });
  await letters.getByRole('link', { name: 'notifications.mailReceipt' }).click();
  await page.getByRole('heading', { name: 'Payload' }).waitFor();
  await look('inspector-jobs');
}
