import type { Page } from 'playwright-core';
import { newEmail, PASSWORD } from './shop.js';

/** Registers as somebody new and arrives at the products. */
export async function register(page: Page, email = newEmail()): Promise<string> {
  await page.goto('/register');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { name: 'Products' }).waitFor();
  return email;
}

/** Orders a fountain pen and arrives at the order, with its events coming in. Tells the order's id. */
export async function placeOrder(page: Page): Promise<string> {
  await page.goto('/products');
  await page.getByRole('button', { name: 'Add Fountain pen' }).click();
  await page.getByRole('link', { name: 'Go to your order' }).click();
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

export async function pay(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Pay/ }).click();
}

export async function waitUntilPaid(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'See the receipt' }).waitFor();
}
