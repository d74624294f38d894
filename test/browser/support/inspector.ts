import type { BrowserContextOptions, Page } from 'playwright-core';
import type { VisitedShop } from './shop.js';
import type { Visitor } from './visitor.js';

const LINK = /^\s+Signals\s+(http\S+)/gm;

/** A visitor of the inspector, who has followed the link that the application printed last. */
export async function inspectorVisitor(
  shop: VisitedShop,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const printed = [...shop.application.said.matchAll(LINK)].at(-1)?.[1] ?? '';
  const visitor = await shop.visitor(options);
  await visitor.page.goto(printed);
  return visitor;
}

/** Keeps a picture for people, where `SCREENSHOTS` names a folder. */
export async function look(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS: folder } = process.env;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

/** Somebody registers, orders and pays over HTTP; answers the id of the trace of the payment. */
export async function payForSomething(
  shop: VisitedShop,
  { beforePaying }: { readonly beforePaying?: () => Promise<void> } = {},
): Promise<string> {
  const call = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${shop.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { answer, body: (await answer.json()) as Record<string, string> };
  };
  const person = {
    email: `${crypto.randomUUID()}@example.test`,
    password: 'correct horse battery staple',
  };
  await call('/accounts', person);
  const { body: session } = await call('/sessions', person);
  const bearer = { authorization: `Bearer ${session['accessToken']}` };
  const lines = [{ productId: '019b7600-0000-7000-8000-000000000001', quantity: 2 }];
  const { body: order } = await call('/orders', { lines }, bearer);
  await beforePaying?.();
  const { answer } = await call(
    `/orders/${order['id']}/pay`,
    {},
    { ...bearer, 'idempotency-key': crypto.randomUUID() },
  );
  return answer.headers.get('x-signals-trace') ?? '';
}
