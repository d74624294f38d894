import { Signals, adminOf } from 'nestjs-signals';
import { DurableSignals } from 'nestjs-signals/durable';
import { settled } from 'nestjs-signals/testing';
import type { Customer, PlacedOrder } from './support/customer.js';
import { MailServer, type ReceivedMail } from './support/mail-server.js';
import { openShop, type Shop } from './support/shop.js';

const PATIENCE = { timeout: 60_000 };
const DAY_MS = 24 * 60 * 60_000;
const LONGEST_WAIT_MS = 5 * 60_000;

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

  it('refuses a mail for good lets its customer ask for another one', async () => {
    mailServer.temper = 'refuses for good';
    const order = await paidOrder();
    await settled(shop.app.get(Signals), PATIENCE);
    const given = await customer.receiptOf(order);

    mailServer.temper = 'takes';
    await customer.post(`/orders/${order.id}/receipt/mails`).expect(202);
    await settled(shop.app.get(Signals), PATIENCE);

    expect(given).toMatchObject({ mailedAt: null, mailFailedAt: expect.any(String) });
    expect(receipts()).toHaveLength(1);
    expect(await customer.receiptOf(order)).toMatchObject({
      mailedAt: expect.any(String),
      mailFailedAt: null,
    });
  });

  it('wants a login for more than an hour gets the receipt afterwards', async () => {
    mailServer.refusal = { phase: 'sender', code: 530, text: '5.7.0 Authentication required' };
    await paidOrder();

    await passTime(60 * 60_000);

    mailServer.refusal = undefined;
    await settled(shop.app.get(Signals), PATIENCE);
    expect(receipts()).toHaveLength(1);
    expect(await shop.app.get(DurableSignals).deadLetters.list()).toEqual([]);
  }, 180_000);

  it('is away is asked for days', () => {
    const mails = adminOf(shop.app.get(Signals))
      .list()
      .flatMap(({ dispatchUid, durable }) =>
        dispatchUid.startsWith('notifications.') && durable ? [durable] : [],
      );

    expect(mails).toHaveLength(4);
    for (const { retries } of mails) expect(retries * LONGEST_WAIT_MS).toBeGreaterThan(4 * DAY_MS);
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

  /** Lets the waits of the mail be over at once, until they add up to so many milliseconds and the next is over, too. */
  async function passTime(wanted: number): Promise<void> {
    let passed = 0;
    while (passed < wanted) {
      const [rows] = await shop.dataSource.query<[{ wait: string }[], number]>(
        `UPDATE signals.job AS job SET start_after = now() FROM signals.job AS before
         WHERE job.name = 'notifications.mailReceipt' AND job.state = 'retry'
           AND job.start_after > now() AND before.id = job.id AND before.name = job.name
         RETURNING extract(epoch FROM before.start_after - now()) * 1000 AS wait`,
      );
      passed += Number(rows[0]?.wait ?? 0);
    }
  }

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
