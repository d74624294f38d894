import type { Customer } from '../support/customer.js';
import { openShop, type Shop } from '../support/shop.js';
import { readDescription, type OpenApi, type Operation, type Schema } from './requests.js';

const BODY_BYTES = 90_000;
const HEADER_BYTES = 7_000;
/** What expressions look for, on which they go back and forth when it comes again and again. */
const PARTS = [
  '+ @ . - _ % " \' \\ / : , ; < > = ( ) [ ] a 1 a. a- a+ a@ .a@ \u0301 \ufdfa İ ﬃ \u2028 😀'.split(
    ' ',
  ),
  [' ', '\t', 'a b'],
].flat();
const HEADERS = ['authorization', 'idempotency-key', 'cookie', 'x-request-id', 'accept'];

let shop: Shop;
let customer: Customer;
let operations: readonly { path: string; method: string; operation: Operation }[];
let schemas: OpenApi['components']['schemas'];
beforeAll(async () => {
  shop = await openShop();
  customer = await shop.customer();
  const { paths, components } = readDescription();
  schemas = components.schemas;
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
});
afterAll(() => shop.close());

const long = (part: string, bytes: number) =>
  part.repeat(Math.floor(bytes / Buffer.byteLength(part)));
const send = (method: string, path: string) => {
  const asked = shop.http[method as 'post'](path.replaceAll(/\{\w+\}/g, 'x'));
  return asked.auth(customer.token, { type: 'bearer' });
};

/** Bodies of the schema with nothing but one text in one of its places. */
function* bodiesWith(text: string, schema: Schema | undefined): Generator {
  if (schema?.$ref) yield* bodiesWith(text, schemas[schema.$ref.split('/').at(-1) ?? '']);
  else if (schema?.items) for (const item of bodiesWith(text, schema.items)) yield [item];
  else if (schema?.properties) {
    for (const [name, inner] of Object.entries(schema.properties))
      for (const value of bodiesWith(text, inner)) yield { [name]: value };
  } else yield text;
}

// What takes a time that grows with the square of its length takes longer than all tests may.
describe.each(PARTS.map((part) => [JSON.stringify(part), part]))('A text of %s only', (_, part) => {
  it('does no harm in any field of any body, as long as a body may be', async () => {
    for (const { path, method, operation } of operations) {
      const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
      if (!schema) continue;
      for (const body of bodiesWith(long(part, BODY_BYTES), schema)) {
        const { status, text } = await send(method, path).send(body as object);
        expect(status).toBeLessThan(500);
        expect(text.length).toBeLessThan(2_000);
      }
    }
  });

  it('does no harm in an address or in a header, as long as a head may be', async () => {
    const text = encodeURIComponent(long(part, HEADER_BYTES / 3));
    for (const { path, method, operation } of operations) {
      if (method !== 'get' || path.endsWith('/events')) continue;
      const names = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
      for (const { name } of [...names, { name: 'x' }]) {
        const { status } = await send(method, `${path}?${name}=${text}`);
        expect(status).toBeLessThan(500);
      }
    }
    if (!/^[\t\x20-\x7e]+$/.test(part)) return;
    for (const header of HEADERS) {
      const { status } = await send('post', '/api/v1/orders')
        .set('idempotency-key', 'x')
        .set(header, `a${long(part, HEADER_BYTES)}a`);
      expect(status).toBeLessThan(500);
    }
  });
});
