import { randomUUID } from 'node:crypto';
import { Signals } from 'nestjs-signals';
import { preSave } from 'nestjs-signals/typeorm';
import { receiptIssued } from '../apps/api/src/billing/index.js';
import { Order, orderPaid } from '../apps/api/src/orders/index.js';
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

describe('A payment that is declined', () => {
  it('leaves the order pending and says why', async () => {
    const { body } = await customer.pay(order, { token: 'tok_declined' }).expect(402);

    expect(body.type).toBe('urn:problem:payment-declined');
    expect(body.detail).toContain('the card was declined');
    expect(await customer.statusOf(order)).toBe('pending');
  });

  it('is not asked for again under its key', async () => {
    const declined = { key: randomUUID(), token: 'tok_declined' };
    const { body: first } = await customer.pay(order, declined).expect(402);

    const { body: second } = await customer.pay(order, declined).expect(402);

    expect(second.detail).toBe(first.detail);
    expect(shop.gateway.charges).toHaveLength(1);
  });

  it('is followed by one with another key', async () => {
    await customer.pay(order, { token: 'tok_declined' }).expect(402);

    await customer.pay(order).expect(200);
  });
});

describe('A payment whose answer is lost', () => {
  it('leaves the order pending and says so', async () => {
    const { body } = await customer.pay(order, { token: 'tok_timeout' }).expect(504);

    expect(body.type).toBe('urn:problem:payment-timed-out');
    expect(await customer.statusOf(order)).toBe('pending');
  });

  it('is finished by its key', async () => {
    const lost = { key: randomUUID(), token: 'tok_timeout_once' };
    await customer.pay(order, lost).expect(504);

    await customer.pay(order, lost).expect(200);

    expect(shop.gateway.takings).toBe(1);
    expect(await count('payments')).toBe(1);
  });

  it('gives way to another key when it was not charged', async () => {
    const lost = { key: randomUUID(), token: 'tok_timeout' };
    await customer.pay(order, lost).expect(504);

    await customer.pay(order).expect(200);

    const { body } = await customer.pay(order, lost).expect(409);
    expect(body.type).toBe('urn:problem:payment-cancelled');
    expect(shop.gateway.cancelled).toHaveLength(1);
    expect(shop.gateway.takings).toBe(1);
  });

  it('is settled by another key when it was charged', async () => {
    await customer.pay(order, { token: 'tok_timeout_once' }).expect(504);

    const { body } = await customer.pay(order).expect(409);

    expect(body.type).toBe('urn:problem:order-already-paid');
    expect(await customer.statusOf(order)).toBe('paid');
    expect(shop.gateway.charges).toHaveLength(1);
    expect(await receiptMails()).toHaveLength(1);
  });

  it('is finished by its key when the gateway broke instead of timing out', async () => {
    const key = randomUUID();
    shop.gateway.loseNextAnswer();

    const { body } = await customer.pay(order, { key }).expect(502);
    await customer.pay(order, { key }).expect(200);

    expect(body.type).toBe('urn:problem:payment-gateway-failed');
    expect(JSON.stringify(body)).not.toContain('connection');
    expect(shop.gateway.takings).toBe(1);
  });
});

describe('A payment that is in progress', () => {
  it('turns another key and staff away', async () => {
    const staff = await shop.staff();
    const held = shop.gateway.holdNextCharge();
    const paying = customer.pay(order).then((answer) => answer);
    await held.reached;

    const another = await customer.pay(order).expect(409);
    const marked = await staff
      .post(`/orders/${order.id}/mark-paid`, { method: 'cash' })
      .expect(409);
    held.release();

    expect(another.body.type).toBe('urn:problem:payment-in-progress');
    expect(marked.body.type).toBe('urn:problem:payment-in-progress');
    expect((await paying).status).toBe(200);
  });

  it('is cancelled by another key once it is overdue, and then charges nothing', async () => {
    shop.gateway.timeoutMs = 0;
    const held = shop.gateway.holdNextCharge();
    const overdue = customer.pay(order).then((answer) => answer);
    await held.reached;

    await customer.pay(order).expect(200);
    held.release();

    const { status, body } = await overdue;
    expect(status).toBe(409);
    expect(body.type).toBe('urn:problem:payment-cancelled');
    expect(shop.gateway.takings).toBe(1);
  });
});

describe('A payment whose answer cannot be written down', () => {
  it('is not known: the order is pending, there is no receipt and no mail', async () => {
    using _ = failingOrder();

    const { body } = await customer.pay(order).expect(503);

    expect(body.type).toBe('urn:problem:payment-not-recorded');
    expect(JSON.stringify(body)).not.toContain('Nothing was changed');
    expect(await customer.statusOf(order)).toBe('pending');
    expect(await count('receipts')).toBe(0);
    expect(await receiptMails()).toEqual([]);
  });

  it('is finished by its key, without charging again', async () => {
    const key = randomUUID();
    {
      using _ = failingOrder();
      await customer.pay(order, { key }).expect(503);
    }

    await customer.pay(order, { key }).expect(200);

    expect(shop.gateway.takings).toBe(1);
    expect(await receiptMails()).toHaveLength(1);
  });

  it('is found charged by another key once it is overdue', async () => {
    {
      using _ = failingOrder();
      await customer.pay(order).expect(503);
    }
    await customer.pay(order).expect(409);
    shop.gateway.timeoutMs = 0;

    const { body } = await customer.pay(order).expect(409);

    expect(body.type).toBe('urn:problem:order-already-paid');
    expect(await customer.statusOf(order)).toBe('paid');
    expect(shop.gateway.takings).toBe(1);
  });
});

describe('A payment whose receipt cannot be issued', () => {
  it('is made: the order is paid, and the receipt comes when it can be issued', async () => {
    {
      using _ = failing(receiptIssued);
      await customer.pay(order).expect(200);
      expect(await customer.statusOf(order)).toBe('paid');
      expect(await count('receipts')).toBe(0);
    }

    await customer.receiptOf(order);

    expect(shop.gateway.takings).toBe(1);
    expect(await receiptMails()).toHaveLength(1);
  });
});

describe('A payment whose listener fails', () => {
  it('is made all the same', async () => {
    using _ = failing(orderPaid);

    await customer.pay(order).expect(200);

    expect(await customer.statusOf(order)).toBe('paid');
    await customer.receiptOf(order);
  });
});

/** No order can be saved until it is disposed. */
function failingOrder(): Disposable {
  const fail = () => {
    throw new Error('The order cannot be saved.');
  };
  const options = { sender: Order, dispatchUid: 'test.fail' };
  return shop.app.get(Signals).connect(preSave, fail, options);
}

function failing(signal: typeof receiptIssued | typeof orderPaid): Disposable {
  const fail = () => {
    throw new Error('This receiver is made to fail.');
  };
  return shop.app.get(Signals).connect(signal, fail, { dispatchUid: 'test.fail' });
}

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
