import { Signals } from 'nestjs-signals';
import { DurableSignals } from 'nestjs-signals/durable';
import { settled } from 'nestjs-signals/testing';
import { AuditEntry } from '../apps/api/src/audit/index.js';
import { Inspection } from './support/inspection.js';
import { MailServer } from './support/mail-server.js';
import { openShop, type Shop } from './support/shop.js';

const RECEIVER = 'notifications.mailReceipt';

describe('A replay in the inspector', () => {
  let mailServer: MailServer;
  let shop: Shop;
  let inspection: Inspection;
  let id: string;
  beforeAll(async () => {
    mailServer = await MailServer.start();
    shop = await openShop({ NODE_ENV: 'development', SMTP_URL: mailServer.url });
    inspection = await Inspection.begin(shop.app, shop.http);
  });
  afterAll(async () => {
    await shop.close();
    await mailServer.close();
  });
  beforeEach(async () => {
    mailServer.temper = 'takes';
    const customer = await shop.customer();
    await settled(shop.app.get(Signals), { timeout: 60_000 });
    mailServer.temper = 'refuses for good';
    await customer.pay(await customer.order()).expect(200);
    await settled(shop.app.get(Signals), { timeout: 60_000 });
    const [dead] = await shop.app.get(DurableSignals).deadLetters.list();
    id = dead?.id ?? '';
  });
  afterEach(async () => {
    await shop.dataSource.query(`DELETE FROM signals.job WHERE name = 'dead-letters'`);
  });
  const entries = () =>
    shop.dataSource.manager.find(AuditEntry, { where: { entity: 'DeadLetter', entityId: id } });

  it('has the mail sent after all, and is audited with who did it', async () => {
    mailServer.temper = 'takes';
    const { length } = mailServer.received;

    const { body } = await inspection.post('/api/dead/replay', { ids: [id] }).expect(200);
    await settled(shop.app.get(Signals), { timeout: 60_000 });
    const ended = await inspection.get(`/api/dead/${id}`).expect(200);

    expect(body.replayed).toMatchObject([{ id, receiver: RECEIVER, attempts: 1 }]);
    expect(mailServer.received).toHaveLength(length + 1);
    expect(ended.body.ended).toMatchObject({
      outcome: 'replayed',
      now: 'done',
      receiver: RECEIVER,
    });
    expect(await entries()).toMatchObject([
      {
        action: 'replayed',
        changes: {
          by: { old: null, new: expect.stringMatching(/^somebody at /) },
          receiver: { old: RECEIVER, new: RECEIVER },
        },
      },
    ]);
  });

  it('is no replay and not audited when it is a dry run', async () => {
    await inspection.post('/api/dead/replay', { ids: [id], dryRun: true }).expect(200);

    await inspection.get(`/api/dead/${id}`).expect(200);
    expect(await entries()).toEqual([]);
  });

  it('is not done when it cannot be audited', async () => {
    await shop.dataSource.query('ALTER TABLE audit_entries RENAME TO elsewhere');

    const { body } = await inspection.post('/api/dead/replay', { ids: [id] }).expect(503);
    await shop.dataSource.query('ALTER TABLE elsewhere RENAME TO audit_entries');

    expect(body.type).toBe('urn:nestjs-signals:inspector:not-noted');
    const { body: dead } = await inspection.get('/api/dead').expect(200);
    expect(dead.letters).toMatchObject([{ id }]);
  });

  it('tells of each attempt that is remembered: when, how long, and what it failed with', async () => {
    const { body } = await inspection.get(`/api/dead/${id}`).expect(200);

    expect(body.allowed).toBeGreaterThan(1);
    expect(body.tries).toMatchObject([
      { attempt: 1, outcome: 'failed', error: expect.stringContaining('No such mailbox') },
    ]);
    const [{ trace, duration }] = body.tries;
    expect(duration).toBeGreaterThan(0);
    const { body: job } = await inspection.get(`/api/traces/${trace}`).expect(200);
    expect(job.summary).toMatchObject({ entry: 'job', name: RECEIVER });
  });

  it('offers the receivers that there are when its own is gone, and refuses others', async () => {
    await shop.dataSource.query(
      `UPDATE signals.job SET source_name = 'notifications.old' WHERE name = 'dead-letters'`,
    );
    const replay = (body: object) => inspection.post('/api/dead/replay', { ids: [id], ...body });

    const { body: dry } = await replay({ dryRun: true }).expect(200);
    const { body: problem } = await replay({ to: 'billing.issueReceipt' }).expect(400);
    await shop.dataSource.query(`DELETE FROM signals.job WHERE name = $1`, [RECEIVER]);
    const { body: done } = await replay({ to: RECEIVER }).expect(200);

    expect(dry).toMatchObject({
      replayed: [],
      homeless: [{ id, receiver: 'notifications.old' }],
      targets: { 'billing.receiptIssued': [RECEIVER] },
    });
    expect(done.replayed).toMatchObject([{ id, receiver: 'notifications.old' }]);
    expect(problem.errors).toEqual([
      { pointer: '/to', detail: expect.stringContaining('no durable receiver') },
    ]);
  });
});

describe('A dead letter that is discarded in the inspector', () => {
  it('is given up for good, audited with who did it, and cannot be discarded again', async () => {
    const mailServer = await MailServer.start('refuses for good');
    const shop = await openShop({ NODE_ENV: 'development', SMTP_URL: mailServer.url });
    const inspection = await Inspection.begin(shop.app, shop.http);
    await shop.customer();
    await settled(shop.app.get(Signals), { timeout: 60_000 });
    const [dead] = await shop.app.get(DurableSignals).deadLetters.list();
    const ids = [dead?.id];

    const { body } = await inspection.post('/api/dead/discard', { ids }).expect(200);
    const { body: again } = await inspection.post('/api/dead/discard', { ids }).expect(404);
    const { body: record } = await inspection.get(`/api/dead/${dead?.id}`).expect(200);
    const audited = await shop.dataSource.manager.find(AuditEntry, {
      where: { entity: 'DeadLetter', entityId: dead?.id ?? '' },
    });
    await shop.close();
    await mailServer.close();

    expect(body.discarded).toMatchObject([{ receiver: 'notifications.sendWelcome' }]);
    expect(again.detail).toContain('Nothing was discarded');
    expect(record.ended).toMatchObject({ outcome: 'discarded', now: 'gone' });
    expect(audited).toMatchObject([
      {
        action: 'discarded',
        changes: {
          by: { old: null, new: expect.stringMatching(/^somebody at /) },
          receiver: { old: 'notifications.sendWelcome', new: null },
        },
      },
    ]);
  });
});

describe('Deliveries in the inspector', () => {
  it('are counted by their state, and listed with what they wait for', async () => {
    const mailServer = await MailServer.start('refuses for now');
    const shop = await openShop({ NODE_ENV: 'development', SMTP_URL: mailServer.url });
    const inspection = await Inspection.begin(shop.app, shop.http);

    await shop.customer();
    await mailServer.until(({ offered }) => offered > 0);
    const retrying = await inspection.until('/api/deliveries?state=retrying', ({ pending }) =>
      Array.isArray(pending) ? pending.length > 0 : false,
    );
    const { body: counted } = await inspection.get('/api/jobs').expect(200);
    const { body: unknown } = await inspection.get('/api/deliveries?state=lost').expect(400);
    await shop.close();
    await mailServer.close();

    expect(retrying.pending).toMatchObject([
      { receiver: 'notifications.sendWelcome', reason: expect.stringContaining('451') },
    ]);
    expect(counted.jobs).toMatchObject({ states: { retrying: 1 }, isWorkerMissing: false });
    expect(unknown.detail).toContain('retrying, waiting, delayed, active, ended');
  });

  it('are listed while a worker is at them', async () => {
    const mailServer = await MailServer.start('hangs');
    const shop = await openShop({ NODE_ENV: 'development', SMTP_URL: mailServer.url });
    const inspection = await Inspection.begin(shop.app, shop.http);

    await shop.customer();
    const active = await inspection.until('/api/deliveries?state=active', ({ pending }) =>
      Array.isArray(pending) ? pending.length > 0 : false,
    );
    mailServer.temper = 'takes';
    await shop.close();
    await mailServer.close();

    expect(active.pending).toMatchObject([
      { receiver: 'notifications.sendWelcome', startedAt: expect.any(String) },
    ]);
  });
});
