import type { ShownTrace } from 'nestjs-signals-inspector';
import type { Response } from 'supertest';
import { Inspection } from './support/inspection.js';
import { openShop, type Shop } from './support/shop.js';

let shop: Shop;
let inspection: Inspection;
beforeAll(async () => {
  shop = await openShop({ NODE_ENV: 'development' });
  inspection = await Inspection.begin(shop.app, shop.http);
});
afterAll(() => shop.close());

const namesOf = ({ spans }: ShownTrace, kind: string): readonly string[] =>
  spans.filter((span) => span.kind === kind).map(({ name }) => name);

describe('The trace of a payment', () => {
  let paid: Response;
  let trace: ShownTrace;
  beforeAll(async () => {
    const customer = await shop.customer();
    paid = await customer.pay(await customer.order()).expect(200);
    trace = await inspection.trace(paid.headers['x-signals-trace'] ?? '');
  });

  it('is named by the response that it is about', () => {
    expect(trace.summary).toMatchObject({ name: 'POST /api/v1/orders/:id/pay', status: 200 });
    expect(paid.headers['x-signals-summary']).toMatch(/^signals=\d+; receivers=\d+$/);
  });

  it('has each send and each receiver, inside the transaction that paid', () => {
    const paying = trace.spans.find(({ name }) => name === 'orders.orderPaid');
    const receipt = trace.spans.find(({ name }) => name === 'billing.issueReceipt');

    expect(paying).toMatchObject({
      outcome: 'ok',
      site: expect.stringContaining('orders.service'),
    });
    expect(receipt).toMatchObject({ parent: paying?.id, transaction: paying?.transaction });
    expect(namesOf(trace, 'receiver')).toContain('audit.record');
  });

  it('has the statements, with types of parameters and no value', () => {
    const insert = trace.spans.find(({ name }) => name.startsWith('INSERT INTO "payments"'));

    expect(insert?.input).toEqual(expect.arrayContaining(['string', 'number']));
    expect(JSON.stringify(trace)).not.toMatch(/customer-[0-9a-f-]+@example/);
  });

  it('says in a sentence what the payment led to', () => {
    expect(trace.summary.sentence).toMatch(
      /^Paying an order saved Payments twice and an Order and sent billing\.paymentBegun to \w+ receivers and orders\.orderPaid to \w+ receivers inside two transactions; .*billing\.issueReceipt/,
    );
  });

  it('tells of a refused payment that nothing happened', async () => {
    const customer = await shop.customer();
    const refused = await customer.get('/orders/00000000-0000-7000-8000-000000000000').expect(404);

    const { summary } = await inspection.trace(refused.headers['x-signals-trace'] ?? '');

    expect(summary).toMatchObject({ status: 404, signals: 0, hasEffects: false });
  });
});

describe('The inspector', () => {
  it('lists signals with their receivers, and what was seen of them', async () => {
    await shop.customer();

    const { body } = await inspection.get('/api/registry').expect(200);

    const saved = body.signals.find(({ name }: { name: string }) => name === 'model.postSave');
    expect(saved.sent).toBeGreaterThan(0);
    expect(saved.receivers).toContainEqual(
      expect.objectContaining({ dispatchUid: 'accounts.createProfile', runs: expect.any(Number) }),
    );
  });

  it('answers problems for what is not there', async () => {
    const gone = await inspection.get('/api/traces/none').expect(404);
    await inspection.get('/api/nothing').expect(404);

    expect(gone.headers['content-type']).toBe('application/problem+json');
    expect(gone.body).toMatchObject({ type: 'urn:nestjs-signals:inspector:trace-gone' });
  });

  it('shows the mails that were caught, without script and without requests', async () => {
    await shop.customer();

    const { body } = await inspection.get('/api/mails').expect(200);
    const html = await inspection.get('/api/mails/0/html').expect(200);

    expect(body.mails.length).toBeGreaterThan(0);
    expect(html.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  });
});

describe('Access to the inspector', () => {
  it('is refused to who has not followed the link', async () => {
    const page = await shop.http.get('/_signals').expect(401);
    await shop.http.get('/_signals/api/traces').expect(401);
    await shop.http.get('/_signals?token=guessed').expect(401);

    expect(page.text).toContain('Open the link');
  });

  it('is given once for each link', async () => {
    const { app } = shop;
    await Inspection.begin(app, shop.http);

    const { Inspector } = await import('nestjs-signals-inspector');
    const link = app.get(Inspector).link('') ?? '';
    await shop.http.get(link).expect(303);

    await shop.http.get(link).expect(401);
  });

  it('is off in test and in production, where its path is as unknown as any other', async () => {
    const closed = await openShop();

    const inspector = await closed.http.get('/_signals').expect(404);
    const unknown = await closed.http.get('/_unknown').expect(404);
    await closed.close();

    expect(Object.keys(inspector.headers).toSorted()).toEqual(
      Object.keys(unknown.headers).toSorted(),
    );
    expect({ ...inspector.body, instance: '' }).toEqual({
      ...unknown.body,
      instance: '',
      detail: inspector.body.detail,
    });
    expect(inspector.headers).not.toHaveProperty('x-signals-trace');
  });
});
