import { Signals } from 'nestjs-signals';
import { DurableSignals } from 'nestjs-signals/durable';
import { settled } from 'nestjs-signals/testing';
import type { Customer, PlacedOrder } from './support/customer.js';
import { MailServer, type ReceivedMail } from './support/mail-server.js';
import { openShop, type Shop } from './support/shop.js';

const PATIENCE = { timeout: 60_000 };

describe('A mail server that', () => {
  let mailServer: MailServer;
  let shop: Shop;
  let customer: Customer;
  beforeEach(async () => {
    mailServer = await MailServer.start();
    shop = await openShop({ SMTP_URL: mailServer.url });
    customer = await shop.customer();
    await settled(shop.app.get(Signals), PATIENCE);
  });
  afterEach(async () => {
    await shop.close();
    await mailServer.close();
  });

  it('takes mails gets the receipt once, as a PDF', async () => {
    const order = await paidOrder();
    await settled(shop.app.get(Signals), PATIENCE);

    expect(receipts()).toEqual([
      expect.objectContaining({
        subject: expect.stringContaining(order.number),
        attachments: [{ filename: expect.stringMatching(/^R-.*\.pdf$/), size: expect.any(Number) }],
      }),
    ]);
    expect(await mailedAt(order)).toEqual(expect.any(String));
  });

  it('is down delays the receipt, not the payment; the receipt is on its way until it is back', async () => {
    await mailServer.close();
    const order = await paidOrder();
    const before = await mailedAt(order);

    await mailServer.open();
    await settled(shop.app.get(Signals), PATIENCE);

    expect(before).toBeNull();
    expect(receipts()).toHaveLength(1);
    expect(await mailedAt(order)).toEqual(expect.any(String));
  });

  it('hangs is given up on, and asked again', async () => {
    mailServer.temper = 'hangs';
    const { offered } = mailServer;
    const order = await paidOrder();
    await mailServer.until((server) => server.offered > offered);
    const before = await mailedAt(order);

    mailServer.temper = 'takes';
    await settled(shop.app.get(Signals), PATIENCE);

    expect(before).toBeNull();
    expect(receipts()).toHaveLength(1);
  });

  it('refuses a mail for now is offered it again', async () => {
    mailServer.temper = 'refuses for now';
    const { offered } = mailServer;
    await paidOrder();
    await mailServer.until((server) => server.offered > offered);

    mailServer.temper = 'takes';
    await settled(shop.app.get(Signals), PATIENCE);

    expect(receipts()).toHaveLength(1);
  });

  it('refuses a mail for good makes a dead letter of it, which can be replayed', async () => {
    mailServer.temper = 'refuses for good';
    const { deadLetters } = shop.app.get(DurableSignals);
    const order = await paidOrder();
    await settled(shop.app.get(Signals), PATIENCE);
    const [dead] = await deadLetters.list();
    const before = await mailedAt(order);

    mailServer.temper = 'takes';
    await deadLetters.replay({ ids: dead ? [dead.id] : [] });
    await settled(shop.app.get(Signals), PATIENCE);

    expect(dead).toMatchObject({
      receiver: 'notifications.mailReceipt',
      attempts: 1,
      reason: expect.stringContaining('No such mailbox'),
    });
    expect(before).toBeNull();
    expect(receipts()).toHaveLength(1);
    expect(await mailedAt(order)).toEqual(expect.any(String));
  });

  it('breaks off after the mail gets it again under the same Message-ID', async () => {
    mailServer.temper = 'breaks off';
    const order = await paidOrder();
    await mailServer.until(() => receipts().length > 0);

    mailServer.temper = 'takes';
    await settled(shop.app.get(Signals), PATIENCE);

    const ids = new Set(receipts().map(({ messageId }) => messageId));
    expect(receipts().length).toBeGreaterThan(1);
    expect(ids.size).toBe(1);
    expect(await mailedAt(order)).toEqual(expect.any(String));
  });

  async function paidOrder(): Promise<PlacedOrder> {
    const order = await customer.order();
    await customer.pay(order).expect(200);
    return order;
  }

  function receipts(): readonly ReceivedMail[] {
    return mailServer.to(customer.email).filter(({ subject }) => subject.startsWith('Receipt '));
  }

  async function mailedAt(order: PlacedOrder): Promise<string | null> {
    return (await customer.receiptOf(order)).mailedAt;
  }
});
