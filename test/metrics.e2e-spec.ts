import { Signals } from 'nestjs-signals';
import { settled } from 'nestjs-signals/testing';
import { createWorker } from '../apps/api/src/application.js';
import { MetricsServer, readConfiguration } from '../apps/api/src/platform/index.js';
import { startApplication } from './support/application.js';
import { createApplicationDatabase } from './support/database.js';
import { PRODUCTION, withRealGateway } from './support/production.js';
import { openShop, type Shop } from './support/shop.js';

const TOKEN = 'a token for scraping';

describe('The metrics', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ METRICS_TOKEN: TOKEN });
  });
  afterAll(() => shop.close());
  const scrape = () => shop.http.get('/metrics').auth(TOKEN, { type: 'bearer' });

  it('tell after a paid order who sent, who heard, and that nothing waits', async () => {
    const customer = await shop.customer();
    await customer.pay(await customer.order()).expect(200);
    await settled(shop.app.get(Signals), { timeout: 20_000 });

    const { text, type } = await scrape().expect(200);

    expect(type).toBe('text/plain');
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'signals_sent_total{signal="orders.orderPaid"} 1',
        'signals_receiver_duration_seconds_count{receiver="billing.issueReceipt"} 1',
        'signals_receiver_duration_seconds_count{receiver="notifications.mailReceipt"} 1',
        'signals_receiver_failures_total{receiver="billing.issueReceipt",policy="retry"} 0',
        'signals_receiver_failures_total{receiver="notifications.mailReceipt",policy="retry"} 0',
        'signals_jobs{state="waiting"} 0',
        'signals_jobs{state="dead"} 0',
        'signals_job_oldest_pending_seconds 0',
        'signals_inspector_dropped_total{kind="traces"} 0',
      ]),
    );
  });

  it('name nobody', async () => {
    const customer = await shop.customer();
    const order = await customer.order();

    const { text } = await scrape().expect(200);

    for (const secret of [customer.email, order.id, order.number]) {
      expect(text).not.toContain(secret);
    }
  });

  it.each([
    ['nobody', undefined],
    ['somebody with another token', `Bearer ${TOKEN}s`],
    ['somebody who sends the token in another way', `Basic ${TOKEN}`],
  ])('are refused to %s', async (_who, authorization) => {
    const request = shop.http.get('/metrics');
    const { body, headers } = await (authorization ? request.set({ authorization }) : request);

    expect(body).toMatchObject({ type: 'urn:problem:metrics-token', status: 401 });
    expect(headers['www-authenticate']).toBe('Bearer');
  });

  it('are refused to a customer', async () => {
    const { token } = await shop.customer();

    await shop.http.get('/metrics').auth(token, { type: 'bearer' }).expect(401);
  });
});

describe('Without METRICS_TOKEN', () => {
  it('there are no metrics in production', async () => {
    const shop = await startApplication({ environment: PRODUCTION, override: withRealGateway });

    const { body } = await shop.http.get('/metrics').expect(404);
    await shop.close();

    expect(body.type).toBe('urn:problem:route-not-found');
  });

  it('anybody reads them elsewhere', async () => {
    const shop = await startApplication();

    const { text } = await shop.http.get('/metrics').expect(200);
    await shop.close();

    expect(text).toContain('# TYPE signals_sent_total counter');
  });
});

describe('A worker of its own', () => {
  const start = async (url: string, METRICS_PORT: string) =>
    createWorker(
      readConfiguration({
        NODE_ENV: 'test',
        DATABASE_URL: url,
        SMTP_URL: 'smtp://127.0.0.1:9',
        HOST: '127.0.0.1',
        METRICS_TOKEN: TOKEN,
        METRICS_PORT,
      }),
    );

  it('serves its metrics at METRICS_PORT, to whoever sends the token, and nothing else', async () => {
    const database = await createApplicationDatabase();
    const worker = await start(database.url, '0');
    const url = (await worker.get(MetricsServer).url()) ?? '';
    const authorization = `Bearer ${TOKEN}`;

    const told = await fetch(url, { headers: { authorization } });
    const refused = await fetch(url);
    const unknown = await fetch(new URL('/api/v1/products', url));
    const text = await told.text();
    await worker.close();
    await database.drop();

    expect(text).toContain(
      'signals_receiver_failures_total{receiver="notifications.mailReceipt",policy="retry"} 0',
    );
    expect(await refused.json()).toMatchObject({ type: 'urn:problem:metrics-token' });
    expect(await unknown.json()).toMatchObject({ type: 'urn:problem:route-not-found' });
    await expect(fetch(url)).rejects.toThrow();
  });

  it('serves nothing without METRICS_PORT', async () => {
    const database = await createApplicationDatabase();
    const worker = await start(database.url, '');

    expect(await worker.get(MetricsServer).url()).toBeUndefined();

    await worker.close();
    await database.drop();
  });
});
