import { EventEmitter, once } from 'node:events';
import { Signals } from 'nestjs-signals';
import { preSave } from 'nestjs-signals/typeorm';
import { Profile } from '../apps/api/src/accounts/index.js';
import { startApplication } from './support/application.js';
import { createApplicationDatabase, createDatabase } from './support/database.js';
import { EventStream } from './support/event-stream.js';
import { openShop } from './support/shop.js';

/** An application that cannot start cannot be closed either: it must not have begun to catch mail. */
const startOn = (DATABASE_URL: string) =>
  startApplication({ environment: { DATABASE_URL, SMTP_URL: 'smtp://127.0.0.1:1' } });

describe('Starting', () => {
  it('brings an empty database up to date once, however many processes start together', async () => {
    const database = await createDatabase();
    // Workers need more connections than one.
    const environment = { DATABASE_URL: database.url, DATABASE_POOL_SIZE: '1', WORKERS: 'false' };

    const processes = await Promise.all([
      startApplication({ environment }),
      startApplication({ environment }),
      startApplication({ environment }),
    ]);

    for (const { http } of processes) await http.get('/health/ready').expect(200);
    await Promise.all(processes.map((process) => process.close()));
    await database.drop();
  });

  it('says in one sentence that the port is taken', async () => {
    const first = await startApplication();
    const { port } = new URL(await first.app.getUrl());

    await expect(startApplication({ environment: { PORT: port } })).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is taken.`,
    );

    await first.close();
  });

  it.each([
    ['nobody listens', 'postgres://shop:hush@127.0.0.1:1/shop', 'Nothing answers at 127.0.0.1:1'],
    ['the host is unknown', 'postgres://shop:hush@db.invalid/shop', 'db.invalid is unknown'],
  ])('says in one sentence that %s where the database should be', async (_why, url, message) => {
    const start = startOn(url);

    await expect(start).rejects.toMatchObject({
      name: 'DatabaseRefusedError',
      message: expect.stringContaining(message),
    });
    await expect(start).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
  });

  it('says in one sentence that the database does not exist', async () => {
    const database = await createDatabase();
    await database.drop();

    await expect(startOn(database.url)).rejects.toMatchObject({
      name: 'DatabaseRefusedError',
      message: expect.stringMatching(/^The server at \S+ has no database "/),
    });
  });
});

describe('Losing the database', () => {
  it('makes the application not ready, while it lives and says why', async () => {
    const database = await createApplicationDatabase();
    const shop = await startApplication({ environment: { DATABASE_URL: database.url } });
    await shop.http.get('/health/ready').expect(200);

    await database.drop();

    const ready = await shop.http.get('/health/ready').expect(503);
    expect(ready.body).toMatchObject({ type: 'urn:problem:not-ready', status: 503 });
    expect(ready.headers['retry-after']).toBeDefined();
    const products = await shop.http.get('/api/v1/products').expect(503);
    expect(products.body.type).toBe('urn:problem:database-unavailable');
    await shop.http.get('/health/live').expect(200);
    await shop.close();
  });
});

describe('Stopping', () => {
  it('finishes the requests under way, with everything that listens to them', async () => {
    const database = await createApplicationDatabase();
    const environment = { DATABASE_URL: database.url };
    const shop = await startApplication({ environment });
    const story = new EventEmitter();
    const wait = async () => {
      story.emit('saving');
      await once(story, 'refused');
    };
    shop.app.get(Signals).connect(preSave, wait, { sender: Profile, dispatchUid: 'test.wait' });

    const saving = once(story, 'saving');
    const answer = shop.http
      .post('/api/v1/accounts')
      .send({ email: 'late@example.test', password: 'correct horse battery staple' })
      .then(({ status, body }) => ({ status, body }));
    await saving;
    const closed = shop.close();
    const refused = await shop.http.get('/health/ready');
    story.emit('refused');

    expect(refused.body).toMatchObject({ type: 'urn:problem:shutting-down', status: 503 });
    expect(await answer).toMatchObject({ status: 201, body: { profile: { displayName: 'late' } } });
    await closed;

    const next = await startApplication({ environment });
    const recorded = await next.dataSource.query(
      `SELECT entity FROM audit_entries WHERE changes::text LIKE '%late%' ORDER BY entity`,
    );
    expect(recorded).toEqual([{ entity: 'Profile' }, { entity: 'User' }]);
    await next.close();
    await database.drop();
  });

  it('does not wait for event streams', async () => {
    const shop = await openShop();
    const customer = await shop.customer();
    const order = await customer.order();
    const url = `${await shop.app.getUrl()}/api/v1/orders/${order.id}/events`;
    await using events = await EventStream.open(url, customer.token);
    await events.next();

    const began = Date.now();
    await shop.close();

    expect(Date.now() - began).toBeLessThan(3_000);
    await expect(events.next().catch(() => undefined)).resolves.toBeUndefined();
  });
});
