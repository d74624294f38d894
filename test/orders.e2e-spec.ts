import { Signals } from 'nestjs-signals';
import { orderPlaced, type OrderPlaced } from '../apps/api/src/orders/index.js';
import type { Customer, PlacedOrder } from './support/customer.js';
import { openShop, type Shop } from './support/shop.js';

const UNKNOWN_ID = '019b7600-0000-7000-8000-ffffffffffff';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('The catalogue', () => {
  it('is open to everybody', async () => {
    const { body } = await shop.http.get('/api/v1/products').expect(200);

    expect(body.items).toHaveLength(6);
    expect(body.items[0]).toEqual({
      id: expect.any(String),
      name: 'Field notebook',
      description: expect.any(String),
      price: { amount: 1250, currency: 'EUR' },
    });
    expect(body.nextCursor).toBeNull();
  });

  it('is read page by page', async () => {
    const first = await shop.http.get('/api/v1/products?limit=4').expect(200);
    const second = await shop.http
      .get(`/api/v1/products?limit=4&cursor=${first.body.nextCursor}`)
      .expect(200);

    expect(first.body.items).toHaveLength(4);
    expect(second.body.items).toHaveLength(2);
    expect(second.body.nextCursor).toBeNull();
  });
});

describe('Placing an order', () => {
  it('answers with the order at the prices of the catalogue', async () => {
    const customer = await shop.customer();
    const [notebook, pen] = await customer.products();

    const { body } = await customer
      .post('/orders', {
        lines: [
          { productId: pen?.id, quantity: 1 },
          { productId: notebook?.id, quantity: 2 },
        ],
      })
      .expect(201);

    expect(body).toEqual({
      id: expect.any(String),
      number: expect.stringMatching(/^O-\d{4}-\d{6}$/),
      status: 'pending',
      lines: [
        {
          productId: pen?.id,
          name: 'Fountain pen',
          quantity: 1,
          unitPrice: { amount: 4900, currency: 'EUR' },
          total: { amount: 4900, currency: 'EUR' },
        },
        {
          productId: notebook?.id,
          name: 'Field notebook',
          quantity: 2,
          unitPrice: { amount: 1250, currency: 'EUR' },
          total: { amount: 2500, currency: 'EUR' },
        },
      ],
      total: { amount: 7400, currency: 'EUR' },
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it('keeps its prices when the catalogue changes', async () => {
    const customer = await shop.customer();
    const [, , lamp] = await customer.products();
    const lines = [{ productId: lamp?.id, quantity: 1 }];
    const { body: order } = await customer.post('/orders', { lines }).expect(201);

    await shop.dataSource.query('UPDATE products SET price_amount = 1 WHERE id = $1', [lamp?.id]);

    const { body } = await customer.get(`/orders/${order.id}`).expect(200);
    expect(body.total).toEqual({ amount: 8900, currency: 'EUR' });
  });

  it('is announced to other modules', async () => {
    const customer = await shop.customer();
    const heard: OrderPlaced[] = [];
    using _ = shop.app
      .get(Signals)
      .connect(orderPlaced, (event) => void heard.push(event), { dispatchUid: 'test.hear' });

    const order = await customer.order();

    expect(heard).toEqual([
      expect.objectContaining({ orderId: order.id, number: order.number, total: order.total }),
    ]);
  });

  it('gives every order its own number', async () => {
    const customer = await shop.customer();

    const orders = await Promise.all(Array.from({ length: 10 }, () => customer.order()));

    expect(new Set(orders.map((order) => order.number)).size).toBe(10);
  });

  it.each([
    ['a price', { lines: [{ productId: UNKNOWN_ID, quantity: 1, price: 1 }] }, '/lines/0/price'],
    ['a total', { lines: [{ productId: UNKNOWN_ID, quantity: 1 }], total: 1 }, '/total'],
    ['no lines', {}, '/lines'],
    ['an empty list of lines', { lines: [] }, '/lines'],
    ['lines that are no list', { lines: 'all' }, '/lines'],
    ['a line that is none', { lines: [null] }, '/lines/0'],
    ['a quantity of 0', { lines: [{ productId: UNKNOWN_ID, quantity: 0 }] }, '/lines/0/quantity'],
    ['half a piece', { lines: [{ productId: UNKNOWN_ID, quantity: 0.5 }] }, '/lines/0/quantity'],
    [
      'a quantity of 1001',
      { lines: [{ productId: UNKNOWN_ID, quantity: 1001 }] },
      '/lines/0/quantity',
    ],
    [
      'a quantity in words',
      { lines: [{ productId: UNKNOWN_ID, quantity: '1' }] },
      '/lines/0/quantity',
    ],
    [
      'a product id that is none',
      { lines: [{ productId: 'x', quantity: 1 }] },
      '/lines/0/productId',
    ],
    [
      '51 lines',
      { lines: Array.from({ length: 51 }, () => ({ productId: UNKNOWN_ID, quantity: 1 })) },
      '/lines',
    ],
  ])('is refused with %s', async (_, request, pointer) => {
    const customer = await shop.customer();

    const { body } = await customer.post('/orders', request).expect(422);

    expect(body.type).toBe('urn:problem:validation-failed');
    expect(body.errors[0].pointer).toBe(pointer);
  });

  it('is refused with a product that the catalogue does not have', async () => {
    const customer = await shop.customer();
    const [notebook] = await customer.products();

    const { body } = await customer
      .post('/orders', {
        lines: [
          { productId: notebook?.id, quantity: 1 },
          { productId: UNKNOWN_ID, quantity: 1 },
        ],
      })
      .expect(422);

    expect(body.type).toBe('urn:problem:unknown-product');
    expect(body.errors).toEqual([
      { pointer: '/lines/1/productId', detail: `no product ${UNKNOWN_ID}` },
    ]);
  });

  it('is refused with the same product on two lines', async () => {
    const customer = await shop.customer();
    const [notebook] = await customer.products();
    const line = { productId: notebook?.id, quantity: 1 };

    const { body } = await customer.post('/orders', { lines: [line, line] }).expect(422);

    expect(body.type).toBe('urn:problem:duplicate-product');
    expect(body.errors[0].pointer).toBe('/lines/1/productId');
  });

  it('asks for a sign-in', async () => {
    await shop.http.post('/api/v1/orders').send({ lines: [] }).expect(401);
  });
});

describe('Reading orders', () => {
  it('shows an order to its customer as it was placed', async () => {
    const customer = await shop.customer();
    const order = await customer.order();

    const { body } = await customer.get(`/orders/${order.id}`).expect(200);

    expect(body).toEqual(order);
  });

  it.each([
    ['of somebody else', async () => (await (await shop.customer()).order()).id],
    ['that does not exist', async () => UNKNOWN_ID],
    ['whose id is none', async () => 'mine'],
  ])('does not find an order %s', async (_, idOf) => {
    const customer = await shop.customer();

    const { body } = await customer.get(`/orders/${await idOf()}`).expect(404);

    expect(body.type).toBe('urn:problem:order-not-found');
  });

  it('lists the own ones, the newest first, page by page', async () => {
    const customer = await shop.customer();
    const placed = [await customer.order(), await customer.order(), await customer.order()];
    const newestFirst = placed.map((order) => order.id).toReversed();

    const first = await customer.get('/orders?limit=2').expect(200);
    const second = await customer
      .get(`/orders?limit=2&cursor=${first.body.nextCursor}`)
      .expect(200);

    const items = [...first.body.items, ...second.body.items];
    expect(items.map((order) => order.id)).toEqual(newestFirst);
    expect(items[0].lines).toHaveLength(1);
    expect(second.body.nextCursor).toBeNull();
  });

  it('is empty for a new customer', async () => {
    const customer = await shop.customer();

    const { body } = await customer.get('/orders').expect(200);

    expect(body).toEqual({ items: [], nextCursor: null });
  });

  it.each(['cursor=somewhere', 'limit=0', 'limit=101', 'limit=many'])(
    'refuses the page ?%s',
    async (query) => {
      const customer = await shop.customer();

      const { body } = await customer.get(`/orders?${query}`).expect(422);

      expect(body.errors[0].pointer).toBe(`/${query.split('=')[0]}`);
    },
  );
});

describe("Everybody's orders", () => {
  const list = (who: Customer, query = '') => who.get(`/staff/orders${query}`);

  it('are listed to staff with who ordered, the newest first, page by page', async () => {
    const [ada, grace] = [await shop.customer(), await shop.customer()];
    const first = await ada.order();
    const second = await grace.order();
    const staff = await shop.staff();

    const page = await list(staff, '?limit=1').expect(200);
    const next = await list(staff, `?limit=1&cursor=${page.body.nextCursor}`).expect(200);

    expect(page.body.items).toEqual([
      expect.objectContaining({ id: second.id, status: 'pending', customerEmail: grace.email }),
    ]);
    expect(next.body.items).toEqual([
      expect.objectContaining({ id: first.id, customerEmail: ada.email }),
    ]);
  });

  it('can be told apart by their state', async () => {
    const customer = await shop.customer();
    const [paid, pending] = [await customer.order(), await customer.order()];
    await customer.pay(paid).expect(200);
    const staff = await shop.staff();

    const ids = async (status: string) => {
      const { body } = await list(staff, `?limit=100&status=${status}`).expect(200);
      return body.items.map(({ id }: PlacedOrder) => id);
    };

    expect(await ids('paid')).toEqual(expect.arrayContaining([paid.id]));
    expect(await ids('paid')).not.toContain(pending.id);
    expect(await ids('pending')).toContain(pending.id);
    await list(staff, '?status=lost').expect(422);
  });

  it('are closed to customers, and to whoever is not signed in', async () => {
    const customer = await shop.customer();

    const { body } = await list(customer).expect(403);

    expect(body.type).toBe('urn:problem:staff-only');
    await shop.http.get('/api/v1/staff/orders').expect(401);
  });
});
