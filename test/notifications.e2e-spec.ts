import { Signals } from 'nestjs-signals';
import { postSave } from 'nestjs-signals/typeorm';
import { User } from '../apps/api/src/accounts/index.js';
import { Order } from '../apps/api/src/orders/index.js';
import { EventStream } from './support/event-stream.js';
import type { Customer } from './support/customer.js';
import { openShop, PASSWORD, type Shop } from './support/shop.js';

const NOWHERE = 'smtp://127.0.0.1:1';

let shop: Shop;
let customer: Customer;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  customer = await shop.customer();
});

describe('The mail to a customer', () => {
  it('welcomes whoever registered, once', async () => {
    const mails = await mailsTo(customer.email);

    expect(mails).toEqual([
      expect.objectContaining({
        subject: 'Welcome',
        messageId: expect.stringMatching(/^<[\da-f-]{36}@example\.test>$/),
        text: expect.stringContaining(customer.email),
      }),
    ]);
  });

  it('carries the receipt, once', async () => {
    const order = await customer.order();
    await customer.pay(order).expect(200);
    const receipt = await customer.receiptOf(order);

    const [mail, ...older] = await mailsTo(customer.email);

    expect(mail).toMatchObject({
      subject: `Receipt ${receipt.number} for order ${order.number}`,
      messageId: expect.stringMatching(/^<[\da-f-]{36}@example\.test>$/),
      text: expect.stringContaining('Total: €12.50'),
      html: expect.stringContaining('1 × Field notebook at €12.50'),
    });
    expect(older.map(({ subject }) => subject)).toEqual(['Welcome']);
  });

  it('is not sent for a registration that is rolled back', async () => {
    using _ = shop.app
      .get(Signals)
      .connect(postSave, fail, { sender: User, dispatchUid: 'test.fail' });
    const email = 'nobody@example.test';

    await shop.http.post('/api/v1/accounts').send({ email, password: PASSWORD }).expect(500);

    expect(await mailsTo(email)).toEqual([]);
  });

  it('is shown to a developer with a browser', async () => {
    const { text } = await shop.http
      .get('/dev/mail')
      .set('Accept', 'text/html')
      .expect(200)
      .expect('content-type', /text\/html/);

    expect(text).toContain(customer.email);
  });
});

describe('The caught mails', () => {
  it.each(['localhost', 'shop.localhost:3000', '127.0.0.1:3000', '[::1]:3000', '192.168.1.7'])(
    'are shown at %s',
    async (host) => {
      await shop.http.get('/dev/mail').set('Host', host).expect(200);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:3000',
  ])('are not shown to a site whose name %s leads here', async (host) => {
    const { body } = await shop.http.get('/dev/mail').set('Host', host).expect(403);

    expect(body.type).toBe('urn:problem:foreign-host');
  });
});

describe('A mail server that is down', () => {
  let away: Shop;
  beforeAll(async () => {
    away = await openShop({ SMTP_URL: NOWHERE });
  });
  afterAll(() => away.close());

  it('keeps nobody from registering, ordering and paying', async () => {
    const unlucky = await away.customer();
    const order = await unlucky.order();

    await unlucky.pay(order).expect(200);

    await unlucky.receiptOf(order);
  });

  it('is not replaced by the catcher: /dev/mail does not exist', async () => {
    const { body } = await away.http.get('/dev/mail').expect(404);

    expect(body.type).toBe('urn:problem:route-not-found');
  });
});

describe('The events of an order', () => {
  it('begin with its state and tell that it was paid and receipted', async () => {
    const order = await customer.order();
    await using events = await watch(order.id, customer);
    const state = await events.next();

    const { body: paid } = await customer.pay(order).expect(200);

    const receipt = await customer.receiptOf(order);
    expect(state).toMatchObject({ type: 'state', data: { orderId: order.id, status: 'pending' } });
    expect(await events.next()).toEqual({
      id: `${order.id}:paid`,
      type: 'paid',
      data: { orderId: order.id, at: paid.paidAt },
    });
    expect(await events.next()).toEqual({
      id: `${order.id}:receipted`,
      type: 'receipted',
      data: { orderId: order.id, at: receipt.issuedAt, receiptNumber: receipt.number },
    });
  });

  it('show a page that connects late what it missed', async () => {
    const order = await customer.order();
    const { body: paid } = await customer.pay(order).expect(200);
    await customer.receiptOf(order);

    await using events = await watch(order.id, customer);

    expect((await events.next())?.data).toMatchObject({
      status: 'paid',
      paidAt: paid.paidAt,
      receiptNumber: expect.any(String),
    });
  });

  it('tell nothing of a payment that is rolled back', async () => {
    const order = await customer.order();
    const key = 'tried-again';
    await using events = await watch(order.id, customer);
    await events.next();
    {
      using _ = shop.app
        .get(Signals)
        .connect(postSave, fail, { sender: Order, dispatchUid: 'test.fail' });
      await customer.pay(order, { key }).expect(503);
    }

    const { body: paid } = await customer.pay(order, { key }).expect(200);

    expect(await events.next()).toMatchObject({ type: 'paid', data: { at: paid.paidAt } });
  });

  it('tell nothing of other orders', async () => {
    const [order, other] = [await customer.order(), await customer.order()];
    await using events = await watch(order.id, customer);
    await events.next();

    await customer.pay(other).expect(200);
    await customer.pay(order).expect(200);

    expect((await events.next())?.data).toMatchObject({ orderId: order.id });
  });

  it('are for the customer alone', async () => {
    const order = await customer.order();
    const stranger = await shop.customer();

    const { body } = await stranger.get(`/orders/${order.id}/events`).expect(404);

    expect(body.type).toBe('urn:problem:order-not-found');
    await shop.http.get(`/api/v1/orders/${order.id}/events`).expect(401);
  });

  it('end when the application shuts down', async () => {
    const closing = await openShop();
    const visitor = await closing.customer();
    const order = await visitor.order();
    await using events = await watch(order.id, visitor, closing);
    await events.next();

    await closing.close();

    expect(await events.next()).toBeUndefined();
  });
});

function fail(): never {
  throw new Error('This receiver is made to fail.');
}

async function mailsTo(address: string) {
  return (await shop.mails()).filter(({ to }) => to.includes(address));
}

async function watch(orderId: string, { token }: Customer, { app } = shop): Promise<EventStream> {
  return EventStream.open(`${await app.getUrl()}/api/v1/orders/${orderId}/events`, token);
}
