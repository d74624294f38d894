import { randomUUID } from 'node:crypto';
import type { Customer, PlacedOrder } from './support/customer.js';
import { openShop, type Shop } from './support/shop.js';

let shop: Shop;
let customer: Customer;
let order: PlacedOrder;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

beforeEach(async () => {
  shop.gateway.reset();
  customer = await shop.customer();
  order = await customer.order();
});

describe('Paying an order by card', () => {
  it('answers with the paid order', async () => {
    const { body } = await customer.pay(order).expect(200);

    expect(body).toEqual({ ...order, status: 'paid', paidAt: expect.stringMatching(/Z$/) });
    expect(await customer.statusOf(order)).toBe('paid');
  });

  it('charges the total of the order under the id of the payment', async () => {
    await customer.pay(order, { token: 'tok_ok' }).expect(200);

    expect(shop.gateway.charges).toEqual([
      { reference: expect.any(String), amount: order.total, token: 'tok_ok' },
    ]);
  });

  it('answers the same to the same key and charges once', async () => {
    const key = randomUUID();
    const { body: first } = await customer.pay(order, { key }).expect(200);

    const { body: second } = await customer.pay(order, { key }).expect(200);

    expect(second).toEqual(first);
    expect(shop.gateway.charges).toHaveLength(1);
  });

  it('refuses another key on a paid order', async () => {
    await customer.pay(order).expect(200);

    const { body } = await customer.pay(order).expect(409);

    expect(body.type).toBe('urn:problem:order-already-paid');
    expect(shop.gateway.charges).toHaveLength(1);
  });

  it('refuses a key that was used with another body', async () => {
    const key = randomUUID();
    await customer.pay(order, { key }).expect(200);

    const { body } = await customer.pay(order, { key, token: 'tok_declined' }).expect(422);

    expect(body.type).toBe('urn:problem:idempotency-key-reused');
  });

  it.each([
    ['without a key', undefined],
    ['with an empty key', ''],
    ['with a blank in the key', 'a key'],
    ['with a key of 256 characters', 'k'.repeat(256)],
  ])('is refused %s', async (_, key) => {
    const request = customer.post(`/orders/${order.id}/pay`, {});

    const { body } = await (key === undefined ? request : request.set('Idempotency-Key', key));

    expect(body).toMatchObject({ status: 400, type: 'urn:problem:idempotency-key-required' });
    expect(body.detail).toContain('Idempotency-Key');
  });

  it('needs no body', async () => {
    await customer.post(`/orders/${order.id}/pay`).set('Idempotency-Key', 'k').expect(200);
  });

  it('refuses an amount from the client', async () => {
    const { body } = await customer
      .post(`/orders/${order.id}/pay`, { amount: 1 })
      .set('Idempotency-Key', 'k')
      .expect(422);

    expect(body.errors[0].pointer).toBe('/amount');
  });

  it('does not find the order of somebody else', async () => {
    const stranger = await shop.customer();

    const { body } = await stranger.pay(order).expect(404);

    expect(body.type).toBe('urn:problem:order-not-found');
    expect(await customer.statusOf(order)).toBe('pending');
  });

  it('takes the same key for two orders as two payments', async () => {
    const another = await customer.order();

    await customer.pay(order, { key: 'k' }).expect(200);
    await customer.pay(another, { key: 'k' }).expect(200);

    expect(shop.gateway.takings).toBe(2);
  });
});

describe('Many payments of one order at once', () => {
  it('pays once under 50 different keys', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => customer.pay(order)));

    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(49);
    expect(shop.gateway.charges).toHaveLength(1);
    expect(await receiptMails()).toHaveLength(1);
    expect(await count('receipts')).toBe(1);
  });

  it('answers the same 20 times under one key', async () => {
    const key = randomUUID();

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => customer.pay(order, { key })),
    );

    expect(answers[0]?.status).toBe(200);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(shop.gateway.takings).toBe(1);
    expect(await count('payments')).toBe(1);
    expect(await receiptMails()).toHaveLength(1);
    expect(await count('receipts')).toBe(1);
  });
});

describe('Marking an order as paid', () => {
  it.each(['bank_transfer', 'cash'])('is how staff takes a payment by %s', async (method) => {
    const staff = await shop.staff();

    const { body } = await staff.post(`/orders/${order.id}/mark-paid`, { method }).expect(200);

    expect(body).toEqual({ ...order, status: 'paid', paidAt: expect.any(String) });
    await customer.receiptOf(order);
    expect(await receiptMails()).toHaveLength(1);
    expect(shop.gateway.charges).toEqual([]);
  });

  it('is refused to a customer', async () => {
    await customer.post(`/orders/${order.id}/mark-paid`, { method: 'cash' }).expect(403);

    expect(await customer.statusOf(order)).toBe('pending');
  });

  it('is refused when the order is paid', async () => {
    const staff = await shop.staff();
    await customer.pay(order).expect(200);

    const { body } = await staff
      .post(`/orders/${order.id}/mark-paid`, { method: 'cash' })
      .expect(409);

    expect(body.type).toBe('urn:problem:order-already-paid');
  });

  it('cancels a card payment whose answer was lost', async () => {
    const staff = await shop.staff();
    await customer.pay(order, { token: 'tok_timeout' }).expect(504);

    await staff.post(`/orders/${order.id}/mark-paid`, { method: 'cash' }).expect(200);

    expect(shop.gateway.cancelled).toHaveLength(1);
  });

  it('is refused with an unknown method and for an unknown order', async () => {
    const staff = await shop.staff();

    await staff.post(`/orders/${order.id}/mark-paid`, { method: 'barter' }).expect(422);
    await staff.post(`/orders/${randomUUID()}/mark-paid`, { method: 'cash' }).expect(404);
  });
});

async function count(table: 'payments' | 'receipts'): Promise<number> {
  const rows = await shop.dataSource.query(`SELECT FROM ${table} WHERE order_id = $1`, [order.id]);
  return rows.length;
}

async function receiptMails() {
  const mails = await shop.mails();
  return mails.filter(({ to, subject }) => {
    return to.includes(customer.email) && subject.startsWith('Receipt');
  });
}
