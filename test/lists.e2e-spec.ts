import fc from 'fast-check';
import { newId } from '../apps/api/src/platform/index.js';
import type { Customer } from './support/customer.js';
import { openShop, type Shop } from './support/shop.js';

interface Row {
  readonly id: string;
  readonly lines?: readonly { readonly name: string }[];
}

/** The number of lines of each order, and how many rows a page has. */
const orders = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 40 });
const pageSize = fc.oneof(fc.constantFrom(1, 100), fc.integer({ min: 1, max: 45 }));

let shop: Shop;
let customer: Customer;
let stranger: Customer;
let staff: Customer;
beforeAll(async () => {
  shop = await openShop();
  [customer, stranger, staff] = [await shop.customer(), await shop.customer(), await shop.staff()];
  await keepProducts(8);
});
afterAll(() => shop.close());

describe('A list gives each row once, in order, whatever the size of its pages', () => {
  it('of the orders of a customer, with all their lines', async () => {
    await fc.assert(
      fc.asyncProperty(orders, pageSize, async (lineCounts, limit) => {
        await forgetOrders();
        const placed = await place(customer, lineCounts);
        await place(stranger, [2, 1]);

        expect(await walk(customer, '/orders', limit)).toEqual(placed.toReversed());
      }),
      { numRuns: 30 },
    );
  });

  it("of everybody's orders, of one state or of all", async () => {
    await fc.assert(
      fc.asyncProperty(orders, orders, pageSize, async (ofOne, ofOther, limit) => {
        await forgetOrders();
        const placed = [
          ...(await place(customer, ofOne)),
          ...(await place(stranger, ofOther, 'cancelled')),
        ];

        expect(await walk(staff, '/staff/orders', limit)).toEqual(placed.toReversed());
        expect(await walk(staff, '/staff/orders?status=cancelled', limit)).toEqual(
          placed.slice(ofOne.length).toReversed(),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('of the sessions of somebody, which are open', async () => {
    const count = fc.integer({ min: 0, max: 130 });
    await fc.assert(
      fc.asyncProperty(count, pageSize, async (open, limit) => {
        const mine = [await onlySession(customer), ...(await signInElsewhere(customer, open))];
        await signInElsewhere(stranger, 2);

        const ids = (await walk(customer, '/sessions', limit)).map(({ id }) => id);

        expect(ids).toEqual(mine.toReversed());
      }),
      { numRuns: 10 },
    );
  });

  it('of the products, however many there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: 230 }), pageSize, async (count, limit) => {
        await keepProducts(count);

        const ids = (await walk(customer, '/products', limit)).map(({ id }) => id);

        expect(ids).toEqual(Array.from({ length: count }, (_, index) => productId(index)));
      }),
      { numRuns: 10 },
    );
  });
});

/** Every row of a list, as its pages give them, with the names of its lines. */
async function walk(who: Customer, path: string, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null | undefined;
  do {
    const address = new URL(path, 'http://shop.test');
    address.searchParams.set('limit', String(limit));
    if (cursor) address.searchParams.set('cursor', cursor);
    const { body } = await who.get(`${address.pathname}${address.search}`).expect(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    for (const { id, lines } of body.items) {
      rows.push({ id, lines: lines?.map(({ name }: { name: string }) => ({ name })) });
    }
    cursor = body.nextCursor;
  } while (cursor);
  return rows;
}

/** Orders of so many lines each, written without the application. */
async function place(
  who: Customer,
  lineCounts: readonly number[],
  status: 'pending' | 'cancelled' = 'pending',
): Promise<Row[]> {
  const placed = lineCounts.map((count) => ({
    id: newId(),
    lines: Array.from({ length: count }, (_, position) => ({ name: `Line ${position}` })),
  }));
  await shop.dataSource.query(
    `INSERT INTO orders (id, number, customer_id, status, total_amount, currency, created_at, cancelled_at)
     SELECT placed.id, placed.id, users.id, $3, 100, 'EUR', now(), CASE $3 WHEN 'cancelled' THEN now() END
     FROM unnest($1::uuid[]) AS placed (id), users WHERE email = $2`,
    [placed.map(({ id }) => id), who.email, status],
  );
  await shop.dataSource.query(
    `INSERT INTO order_lines (order_id, position, product_id, name, quantity, unit_amount, currency)
     SELECT order_id, position, product_id, name, 1, 100, 'EUR'
     FROM jsonb_to_recordset($1) AS line (order_id uuid, position integer, product_id uuid, name text)
     ORDER BY position DESC`,
    [
      JSON.stringify(
        placed.flatMap(({ id, lines }) =>
          lines.map(({ name }, position) => {
            return { order_id: id, position, product_id: productId(position), name };
          }),
        ),
      ),
    ],
  );
  return placed;
}

/** Ends all sessions but the one that asks. */
async function onlySession(who: Customer): Promise<string> {
  const [, claims = ''] = who.token.split('.');
  const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  await shop.dataSource.query(
    `UPDATE sessions SET ended_at = now() FROM users
     WHERE users.id = user_id AND email = $1 AND sessions.id <> $2`,
    [who.email, sid],
  );
  return sid;
}

async function signInElsewhere(who: Customer, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await shop.dataSource.query(
    `INSERT INTO sessions (id, user_id, created_at, expires_at)
     SELECT session.id, users.id, now(), now() + interval '1 day'
     FROM unnest($1::uuid[]) AS session (id), users WHERE email = $2`,
    [ids, who.email],
  );
  return ids;
}

async function forgetOrders(): Promise<void> {
  await shop.dataSource.query('DELETE FROM orders');
}

async function keepProducts(count: number): Promise<void> {
  await forgetOrders();
  await shop.dataSource.query('DELETE FROM products');
  await shop.dataSource.query(
    `INSERT INTO products (id, name, description, price_amount, price_currency)
     SELECT id, 'A product', '', 100, 'EUR' FROM unnest($1::uuid[]) AS id`,
    [Array.from({ length: count }, (_, index) => productId(index))],
  );
}

function productId(index: number): string {
  return `019b7600-0000-7000-8000-${String(index + 1).padStart(12, '0')}`;
}
