import { randomUUID } from 'node:crypto';
import { Signals } from 'nestjs-signals';
import { preSave } from 'nestjs-signals/typeorm';
import { mute, settled } from 'nestjs-signals/testing';
import { Order } from '../apps/api/src/orders/index.js';
import type { Customer, PlacedOrder } from './support/customer.js';
import { openShop, type Shop } from './support/shop.js';

const PATIENCE = { timeout: 60_000 };

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

describe('Money that moved is learned without anybody asking', () => {
  it('when the answer of the gateway was lost', async () => {
    await customer.pay(order, { token: 'tok_timeout_once' }).expect(504);

    await letAnswersBeOverdue();

    expect(await customer.statusOf(order)).toBe('paid');
    expect(shop.gateway.charges).toHaveLength(1);
    await customer.receiptOf(order);
  });

  it('when the answer came and could not be written down', async () => {
    const fail = () => {
      throw new Error('The order cannot be saved.');
    };
    {
      const options = { sender: Order, dispatchUid: 'test.fail' };
      using _ = shop.app.get(Signals).connect(preSave, fail, options);
      await customer.pay(order).expect(503);
    }

    await letAnswersBeOverdue();

    expect(await customer.statusOf(order)).toBe('paid');
    expect(shop.gateway.takings).toBe(1);
  });

  it('after an outage of the gateway', async () => {
    await customer.pay(order, { token: 'tok_timeout_once' }).expect(504);
    shop.gateway.isDown = true;
    await makeDue();
    while (shop.gateway.cancelled.length === 0) await customer.statusOf(order);

    shop.gateway.isDown = false;
    await settled(shop.app.get(Signals), PATIENCE);

    expect(await customer.statusOf(order)).toBe('paid');
  });

  it('and what did not move is called off', async () => {
    const key = randomUUID();
    await customer.pay(order, { key, token: 'tok_timeout' }).expect(504);

    await letAnswersBeOverdue();

    const { body } = await customer.pay(order, { key, token: 'tok_timeout' }).expect(409);
    expect(body.type).toBe('urn:problem:payment-cancelled');
    await customer.pay(order).expect(200);
    expect(shop.gateway.takings).toBe(1);
  });

  it('but a later attempt is not called off for the sake of an earlier one', async () => {
    const key = randomUUID();
    await customer.pay(order, { key, token: 'tok_timeout_once' }).expect(504);
    const held = shop.gateway.holdNextCharge();
    const paying = customer.pay(order, { key, token: 'tok_timeout_once' }).then((answer) => answer);
    await held.reached;
    await shop.dataSource.query(
      `UPDATE signals.job SET start_after = now()
       WHERE name = 'billing.settleOverdue' AND state = 'created'
         AND data->'payload'->>'attemptedAt' <> (
           SELECT max(data->'payload'->>'attemptedAt') FROM signals.job
           WHERE name = 'billing.settleOverdue')`,
    );
    await settled(shop.app.get(Signals), PATIENCE);

    held.release();

    expect((await paying).status).toBe(200);
    expect(shop.gateway.cancelled).toEqual([]);
  });
});

describe('Money that moved for an order whose time was up is learned', () => {
  beforeEach(async () => {
    await customer.pay(order, { token: 'tok_timeout_once' }).expect(504);
    await shop.dataSource.query(
      `UPDATE orders SET status = 'cancelled', cancelled_at = now() WHERE id = $1`,
      [order.id],
    );
  });
  it('by its customer who pays again', async () => {
    const { body } = await customer.pay(order).expect(409);

    expect(body.type).toBe('urn:problem:order-already-paid');
    expect(await customer.statusOf(order)).toBe('paid');
    expect(shop.gateway.takings).toBe(1);
    await customer.receiptOf(order);
  });

  it('by staff who mark it as paid', async () => {
    const staff = await shop.staff();

    const { body } = await staff
      .post(`/orders/${order.id}/mark-paid`, { method: 'cash' })
      .expect(409);

    expect(body.type).toBe('urn:problem:order-already-paid');
    expect(await customer.statusOf(order)).toBe('paid');
    expect(shop.gateway.takings).toBe(1);
    await customer.receiptOf(order);
  });
});

describe('A gateway that never answers', () => {
  it('is not waited for longer than it promises', async () => {
    shop.gateway.timeoutMs = 0;
    const held = shop.gateway.holdNextCharge();

    const { body } = await customer.pay(order).expect(504);
    held.release();

    expect(body.type).toBe('urn:problem:payment-timed-out');
    await letAnswersBeOverdue();
    await customer.pay(order).expect((answer) => [200, 409].includes(answer.status));
    expect(shop.gateway.takings).toBe(1);
    expect(await customer.statusOf(order)).toBe('paid');
  });
});

describe('Sixty clients who pay at once', () => {
  it('are all told that they have paid, and get receipts without a gap', async () => {
    using _ = withoutMails();
    const orders = await Promise.all(Array.from({ length: 60 }, () => customer.order()));

    await Promise.all(orders.map((one) => customer.pay(one).expect(200)));

    await settled(shop.app.get(Signals), PATIENCE);
    expect(await brokenPromises()).toEqual([]);
  }, 120_000);
});

describe('Two hundred at once who pay, expire and mark paid twenty orders', () => {
  it('leave every charge known, every order with one end, and receipts without a gap', async () => {
    using _ = withoutMails();
    const staff = await shop.staff();
    const orders = await Promise.all(Array.from({ length: 20 }, () => customer.order()));
    const actions = [
      (one: PlacedOrder) => customer.pay(one),
      (one: PlacedOrder) => customer.pay(one, { token: 'tok_timeout_once' }),
      (one: PlacedOrder) => customer.pay(one, { key: 'one', token: 'tok_timeout_once' }),
      (one: PlacedOrder) => customer.pay(one, { key: 'one', token: 'tok_timeout_once' }),
      (one: PlacedOrder) => customer.pay(one, { token: 'tok_timeout' }),
      (one: PlacedOrder) => customer.pay(one, { token: 'tok_declined' }),
      (one: PlacedOrder) => staff.post(`/orders/${one.id}/mark-paid`, { method: 'cash' }),
      (one: PlacedOrder) => staff.post(`/orders/${one.id}/mark-paid`, { method: 'bank_transfer' }),
      (one: PlacedOrder) => makeDue(one).then(() => customer.get(`/orders/${one.id}`)),
      (one: PlacedOrder) => makeDue(one).then(() => customer.get(`/orders/${one.id}/receipt`)),
    ];
    shop.gateway.timeoutMs = 300;

    const answers = await Promise.all(
      actions.flatMap((act, turn) =>
        orders.map((_order, index) => act(inTurn(orders, index + turn))),
      ),
    );
    do await letAnswersBeOverdue();
    while ((await openPayments()).length > 0);

    const unexpected = answers.filter(({ status }) => status >= 500 && status !== 504);
    expect(unexpected.map(({ text }) => text)).toEqual([]);
    expect(await brokenPromises()).toEqual([]);
    expect(await chargesKnown()).toBe(shop.gateway.takings);
  }, 120_000);
});

/** Receipts are issued, and nothing is made of them that takes its time. */
function withoutMails(): Disposable {
  return mute(shop.app.get(Signals), { dispatchUid: 'notifications.mailReceipt' });
}

function inTurn<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('The list is empty.');
  return item;
}

/** Deliveries of payments, and of the time-out of orders, become due now. */
async function makeDue(one = order): Promise<void> {
  await shop.dataSource.query(
    `UPDATE signals.job SET start_after = now()
     WHERE name IN ('billing.settleOverdue', 'orders.expireUnpaid', 'billing.expireUnpaid')
       AND state < 'active' AND data->'payload'->>'orderId' = $1`,
    [one.id],
  );
}

async function letAnswersBeOverdue(): Promise<void> {
  await shop.dataSource.query(
    `UPDATE signals.job SET start_after = now()
     WHERE name = 'billing.settleOverdue' AND state < 'active'`,
  );
  await settled(shop.app.get(Signals), PATIENCE);
}

function openPayments(): Promise<unknown[]> {
  return shop.dataSource.query(`SELECT FROM payments WHERE status IN ('processing', 'unsettled')`);
}

async function chargesKnown(): Promise<number> {
  const rows = await shop.dataSource.query(
    `SELECT FROM payments WHERE method = 'card' AND status = 'succeeded' AND id::text = ANY($1)`,
    [shop.gateway.charges.map(({ reference }) => reference)],
  );
  return rows.length;
}

/** What must never be, by order. */
function brokenPromises(): Promise<unknown[]> {
  return shop.dataSource.query(
    `SELECT o.id, o.status, o.receipt_number, count(p.id) AS payments, count(r.id) AS receipts
     FROM orders o
     LEFT JOIN payments p ON p.order_id = o.id AND p.status = 'succeeded'
     LEFT JOIN receipts r ON r.order_id = o.id
     GROUP BY o.id
     HAVING count(p.id) <> (o.status = 'paid')::int
         OR count(r.id) <> (o.status = 'paid')::int
         OR (o.receipt_number IS NOT NULL) <> (o.status = 'paid')
     UNION ALL
     SELECT NULL, 'gap', number, NULL, NULL FROM (
       SELECT number, row_number() OVER (PARTITION BY left(number, 6) ORDER BY number) AS place
       FROM receipts
     ) AS numbered WHERE right(number, 6)::int <> place`,
  );
}
