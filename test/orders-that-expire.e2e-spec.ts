import { Signals } from 'nestjs-signals';
import { settled } from 'nestjs-signals/testing';
import { orderExpired } from '../apps/api/src/orders/index.js';
import type { Customer, PlacedOrder } from './support/customer.js';
import { openShop, type Shop } from './support/shop.js';

const PATIENCE = { timeout: 20_000 };

let shop: Shop;
let customer: Customer;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  customer = await shop.customer();
});

describe('An order that nobody pays', () => {
  it('is to be cancelled 24 hours after it was placed', async () => {
    const order = await customer.order();

    const [delivery] = await shop.dataSource.query(
      `SELECT start_after - created_on AS wait FROM signals.job
       WHERE name = 'orders.expireUnpaid' AND data->'payload'->>'orderId' = $1`,
      [order.id],
    );

    expect(delivery.wait).toMatchObject({ days: 1 });
  });

  it('is cancelled when its time is up, which is told', async () => {
    const told: string[] = [];
    using _ = shop.app
      .get(Signals)
      .connect(orderExpired, ({ orderId }) => void told.push(orderId), { dispatchUid: 'test' });
    const order = await customer.order();

    await letTimePass(order);

    const { body } = await customer.get(`/orders/${order.id}`).expect(200);
    expect(body).toMatchObject({ status: 'cancelled', cancelledAt: expect.any(String) });
    expect(told).toEqual([order.id]);
  });

  it('cannot be paid any more', async () => {
    const order = await customer.order();
    await letTimePass(order);

    const { body } = await customer.pay(order).expect(409);

    expect(body.type).toBe('urn:problem:order-cancelled');
    expect(await customer.statusOf(order)).toBe('cancelled');
  });

  it('is not cancelled while money is on its way', async () => {
    const order = await customer.order();
    const charge = shop.gateway.holdNextCharge();
    const paying = customer.pay(order).then(({ status }) => status);
    await charge.reached;
    await letTimePass(order);
    const status = await customer.statusOf(order);

    charge.release();

    expect(status).toBe('pending');
    expect(await paying).toBe(200);
    expect(await customer.statusOf(order)).toBe('paid');
  });

  it('is paid, not cancelled, by a charge whose answer was lost', async () => {
    const order = await customer.order();
    await customer.pay(order, { token: 'tok_timeout_once' }).expect(504);

    await letTimePass(order);

    expect(await customer.statusOf(order)).toBe('paid');
    await customer.receiptOf(order);
  });

  it('is cancelled once the gateway says that an open payment charged nothing', async () => {
    const order = await customer.order();
    await customer.pay(order, { token: 'tok_timeout' }).expect(504);
    shop.gateway.isDown = true;
    await makeDue('orders.expireUnpaid', order);
    await attempted('billing.expireUnpaid', order);
    const status = await customer.statusOf(order);

    shop.gateway.isDown = false;
    await settled(shop.app.get(Signals), PATIENCE);

    expect(status).toBe('pending');
    expect(await customer.statusOf(order)).toBe('cancelled');
  });

  it.each(['bank_transfer', 'cash'])('is paid by a %s that arrives later', async (method) => {
    const staff = await shop.staff();
    const order = await customer.order();
    await letTimePass(order);

    const { body } = await staff.post(`/orders/${order.id}/mark-paid`, { method }).expect(200);

    expect(body).toEqual({ ...order, status: 'paid', paidAt: expect.any(String) });
    await customer.receiptOf(order);
  });
});

describe('An order that is paid', () => {
  it('stays as it is when its time would be up', async () => {
    const order = await customer.order();
    await customer.pay(order).expect(200);

    await letTimePass(order);

    expect(await customer.statusOf(order)).toBe('paid');
  });
});

async function letTimePass(order: PlacedOrder): Promise<void> {
  await makeDue('orders.expireUnpaid', order);
  await settled(shop.app.get(Signals), PATIENCE);
}

async function makeDue(receiver: string, { id }: PlacedOrder): Promise<void> {
  await shop.dataSource.query(
    `UPDATE signals.job SET start_after = now()
     WHERE name = $1 AND data->'payload'->>'orderId' = $2`,
    [receiver, id],
  );
}

/** Settled once a delivery has failed for the first time. */
async function attempted(receiver: string, { id }: PlacedOrder): Promise<void> {
  const failed = `SELECT FROM signals.job
    WHERE name = $1 AND data->'payload'->>'orderId' = $2 AND retry_count > 0`;
  while ((await shop.dataSource.query(failed, [receiver, id])).length === 0);
}
