import { EventEmitter, once } from 'node:events';
import { Signals } from 'nestjs-signals';
import { receiptIssued } from '../apps/api/src/billing/index.js';
import type { Customer, PlacedOrder } from './support/customer.js';
import { openShop, type Shop } from './support/shop.js';

let shop: Shop;
let customer: Customer;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  customer = await shop.customer();
});

describe('The receipt of an order', () => {
  it('says what was paid', async () => {
    const order = await customer.order();
    const { body: paid } = await customer.pay(order).expect(200);

    const receipt = await customer.receiptOf(order);

    expect(receipt).toMatchObject({
      number: expect.stringMatching(/^R-\d{4}-\d{6}$/),
      orderId: order.id,
      lines: paid.lines,
      total: order.total,
      issuedAt: paid.paidAt,
    });
  });

  it('is awaited after the payment, which the order and the answer say, and then known to the order', async () => {
    const order = await customer.order();
    {
      using _ = failingReceipts();
      await customer.pay(order).expect(200);

      const { body, headers } = await customer.get(`/orders/${order.id}/receipt`).expect(404);
      expect(body.type).toBe('urn:problem:receipt-awaited');
      expect(headers['retry-after']).toBe('1');
      await customer.get(`/orders/${order.id}/receipt.pdf`).expect(404);
      await customer.post(`/orders/${order.id}/receipt/mails`).expect(404);
      const { body: paid } = await customer.get(`/orders/${order.id}`).expect(200);
      expect(paid).toMatchObject({ status: 'paid' });
      expect(paid).not.toHaveProperty('receiptNumber');
    }

    const { number } = await customer.receiptOf(order);

    const { body } = await customer.get(`/orders/${order.id}`).expect(200);
    expect(body.receiptNumber).toBe(number);
  });

  it('does not exist before the payment', async () => {
    const order = await customer.order();

    const { body } = await customer.get(`/orders/${order.id}/receipt`).expect(404);

    expect(body.type).toBe('urn:problem:receipt-not-found');
  });

  it('is not found by somebody else', async () => {
    const order = await customer.order();
    await customer.pay(order).expect(200);
    const stranger = await shop.customer();

    const { body } = await stranger.get(`/orders/${order.id}/receipt`).expect(404);

    expect(body.type).toBe('urn:problem:receipt-not-found');
  });

  it('is not found under an id that is none', async () => {
    const { body } = await customer.get('/orders/mine/receipt').expect(404);

    expect(body.type).toBe('urn:problem:receipt-not-found');
  });
});

describe('A receipt that its customer asks for once more', () => {
  let order: PlacedOrder;
  beforeEach(async () => {
    order = await customer.order();
    await customer.pay(order).expect(200);
    await shop.mails();
  });

  it('is mailed again, as a mail of its own', async () => {
    await lastMailed('6 minutes');

    await customer.post(`/orders/${order.id}/receipt/mails`).expect(202);

    const mails = (await shop.mails()).filter(({ subject }) => subject.endsWith(order.number));
    expect(mails.map(({ to }) => to)).toEqual([[customer.email], [customer.email]]);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(2);
  });

  it('is not mailed a second time within five minutes, and says when it may be', async () => {
    await lastMailed('6 minutes');
    await customer.post(`/orders/${order.id}/receipt/mails`).expect(202);

    const { body, headers } = await customer.post(`/orders/${order.id}/receipt/mails`).expect(429);

    expect(body.type).toBe('urn:problem:receipt-mailed-lately');
    expect(Number(headers['retry-after'])).toBeGreaterThan(290);
  });

  it('is not mailed while the first mail is on its way', async () => {
    await shop.dataSource.query('UPDATE receipts SET mailed_at = NULL WHERE order_id = $1', [
      order.id,
    ]);

    const { body } = await customer.post(`/orders/${order.id}/receipt/mails`).expect(409);

    expect(body.type).toBe('urn:problem:receipt-on-its-way');
  });

  it('is mailed again after its mail was given up, whatever became of it', async () => {
    await shop.dataSource.query(
      `UPDATE receipts SET mailed_at = NULL, issued_at = now() - interval '8 days'
       WHERE order_id = $1`,
      [order.id],
    );

    await customer.post(`/orders/${order.id}/receipt/mails`).expect(202);

    const mails = (await shop.mails()).filter(({ subject }) => subject.endsWith(order.number));
    expect(mails).toHaveLength(2);
    expect((await customer.receiptOf(order)).mailedAt).toEqual(expect.any(String));
  });

  it('is not mailed for somebody else', async () => {
    await lastMailed('6 minutes');
    const stranger = await shop.customer();

    const { body } = await stranger.post(`/orders/${order.id}/receipt/mails`).expect(404);

    expect(body.type).toBe('urn:problem:receipt-not-found');
  });

  async function lastMailed(ago: string): Promise<void> {
    await shop.dataSource.query(
      'UPDATE receipts SET mailed_at = now() - $2::interval WHERE order_id = $1',
      [order.id, ago],
    );
  }
});

describe('The numbers of receipts', () => {
  it('have no gap where a receipt was rolled back', async () => {
    const [first, failing, next] = [
      await customer.order(),
      await customer.order(),
      await customer.order(),
    ];
    await customer.pay(first).expect(200);
    await customer.receiptOf(first);
    {
      using failed = failingReceipts();
      await customer.pay(failing).expect(200);
      await failed.once;
    }
    await customer.pay(next).expect(200);

    const numbers = await Promise.all([first, failing, next].map(sequenceOf));
    const [least = 0] = numbers;
    expect(numbers.toSorted((a, b) => a - b)).toEqual([least, least + 1, least + 2]);
  });

  it('have no gap when orders are paid at once', async () => {
    const orders = await Promise.all(Array.from({ length: 12 }, () => customer.order()));

    await Promise.all(orders.map((order) => customer.pay(order).expect(200)));

    const numbers = await Promise.all(orders.map(sequenceOf));
    const first = Math.min(...numbers);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(orders.map((_, index) => first + index));
  });
});

async function sequenceOf(order: PlacedOrder): Promise<number> {
  const { number } = await customer.receiptOf(order);
  return Number(number.split('-').at(-1));
}

/** No receipt can be issued until it is disposed. */
function failingReceipts(): Disposable & { readonly once: Promise<unknown> } {
  const story = new EventEmitter();
  const failed = once(story, 'failed');
  const connection = shop.app.get(Signals).connect(
    receiptIssued,
    () => {
      story.emit('failed');
      throw new Error('The receipt cannot be issued.');
    },
    { dispatchUid: 'test.fail' },
  );
  return { once: failed, [Symbol.dispose]: () => connection[Symbol.dispose]() };
}
