import { Signals } from 'nestjs-signals';
import { orderPlaced, type OrderPlaced } from '../apps/api/src/orders/index.js';
import type { Customer } from './support/customer.js';
import { openShop, type Shop } from './support/shop.js';

const FIRST_PRODUCT = '019b7600-0000-7000-8000-000000000001';
const UNKNOWN_ID = '019b7600-0000-7000-8000-ffffffffffff';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('Placing an order under an Idempotency-Key', () => {
  const place = (customer: Customer, key: string, quantity = 1) =>
    customer
      .post('/orders', { lines: [{ productId: FIRST_PRODUCT, quantity }] })
      .set('Idempotency-Key', key);
  const count = async (customer: Customer) =>
    (await customer.get('/orders').expect(200)).body.items.length;

  it('places one, and answers the same, however often it is sent', async () => {
    const customer = await shop.customer();

    const first = await place(customer, 'first').expect(201);
    const again = await place(customer, 'first').expect(201);
    const otherwise = await customer
      .post('/orders', { lines: [{ quantity: 1, productId: FIRST_PRODUCT.toUpperCase() }] })
      .set('Idempotency-Key', 'first')
      .expect(201);

    expect([again.body, otherwise.body]).toEqual([first.body, first.body]);
    expect(await count(customer)).toBe(1);
  });

  it('places one, however many are sent at once', async () => {
    const customer = await shop.customer();
    const heard: OrderPlaced[] = [];
    using _ = shop.app
      .get(Signals)
      .connect(orderPlaced, (event) => void heard.push(event), { dispatchUid: 'test.hearOnce' });

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => place(customer, 'double-click').expect(201)),
    );

    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await count(customer)).toBe(1);
    const placed = heard.filter(({ orderId }) => orderId === answers[0]?.body.id);
    expect(placed).toHaveLength(1);
  });

  it('is refused with another body', async () => {
    const customer = await shop.customer();
    await place(customer, 'used').expect(201);

    const { body } = await place(customer, 'used', 2).expect(422);

    expect(body.type).toBe('urn:problem:idempotency-key-reused');
    expect(await count(customer)).toBe(1);
  });

  it('may be tried again when it was refused', async () => {
    const customer = await shop.customer();
    const lines = [{ productId: UNKNOWN_ID, quantity: 1 }];
    await customer.post('/orders', { lines }).set('Idempotency-Key', 'again').expect(422);

    await place(customer, 'again').expect(201);
  });

  it('knows keys of one customer, and not of another', async () => {
    const [one, other] = [await shop.customer(), await shop.customer()];

    const first = await place(one, 'shared').expect(201);
    const second = await place(other, 'shared', 2).expect(201);

    expect(first.body.id).not.toBe(second.body.id);
  });

  it('asks for a key that is one, where there is one', async () => {
    const customer = await shop.customer();

    const { body } = await place(customer, 'two words').expect(400);

    expect(body.type).toBe('urn:problem:idempotency-key-required');
  });
});
