import { Signals } from 'nestjs-signals';
import { settled } from 'nestjs-signals/testing';
import { orderExpired } from '../apps/api/src/orders/index.js';
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

  it('is paid all the same by money that was on its way when it was cancelled', async () => {
    const order = await customer.order();
    const charge = shop.gateway.holdNextCharge();
    const paying = customer.pay(order).then(({ status }) => status);
    await charge.reached;
    await letTimePass(order);

    charge.release();

    expect(await paying).toBe(200);
    expect(await customer.statusOf(order)).toBe('paid');
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

/** The delivery becomes due now. */
async function letTimePass({ id }: PlacedOrder): Promise<void> {
  await shop.dataSource.query(
    `UPDATE signals.job SET start_after = now()
     WHERE name = 'orders.expireUnpaid' AND data->'payload'->>'orderId' = $1`,
    [id],
  );
  await settled(shop.app.get(Signals));
}
