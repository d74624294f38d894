import { AuditEntry, AuditRetention } from '../apps/api/src/audit/index.js';
import { startApplication, type RunningApplication } from './support/application.js';

const PASSWORD = 'correct horse battery staple';
const OTHER = 'wholly other words';

describe('A password', () => {
  let shop: RunningApplication;
  let email: string;
  let number = 0;
  beforeAll(async () => {
    shop = await startApplication();
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    number += 1;
    email = `ada${number}@example.test`;
    await shop.http.post('/api/v1/accounts').send({ email, password: PASSWORD }).expect(201);
  });

  const signIn = (password: string) => shop.http.post('/api/v1/sessions').send({ email, password });
  const change = (token: string, body: object) =>
    shop.http.put('/api/v1/me/password').auth(token, { type: 'bearer' }).send(body);
  const me = (token: string) => shop.http.get('/api/v1/me').auth(token, { type: 'bearer' });

  it('is changed by who knows it, which ends every other session', async () => {
    const [here, elsewhere] = [await signIn(PASSWORD), await signIn(PASSWORD)];

    const body = { currentPassword: PASSWORD, password: OTHER };
    await change(here.body.accessToken, body).expect(204);

    await me(here.body.accessToken).expect(200);
    await me(elsewhere.body.accessToken).expect(401);
    await signIn(PASSWORD).expect(401);
    await signIn(OTHER).expect(201);
  });

  it('that is changed is told to its owner, once, and is in the audit log, but never itself', async () => {
    const { body } = await signIn(PASSWORD);

    await change(body.accessToken, { currentPassword: PASSWORD, password: OTHER }).expect(204);

    const [mail, welcome] = (await shop.mails()).filter(({ to }) => to.includes(email));
    expect(mail).toMatchObject({
      subject: 'Your password was changed',
      text: expect.stringContaining(email),
    });
    expect(welcome?.subject).toBe('Welcome');
    const entries = await shop.dataSource.manager.find(AuditEntry, {
      where: { action: 'updated' },
    });
    const { id } = (await me(body.accessToken).expect(200)).body;
    expect(entries.filter(({ entityId, entity }) => entity === 'User' && entityId === id)).toEqual([
      expect.objectContaining({
        actorId: id,
        changes: { passwordChangedAt: { old: null, new: expect.any(String) } },
      }),
    ]);
  });

  it('that is not changed is told to nobody', async () => {
    const { body } = await signIn(PASSWORD);
    const wrong = { currentPassword: 'a guess, no more', password: OTHER };
    await change(body.accessToken, wrong).expect(422);

    const mails = (await shop.mails()).filter(({ to }) => to.includes(email));

    expect(mails.map(({ subject }) => subject)).toEqual(['Welcome']);
  });

  it('is not changed by who does not know it', async () => {
    const { body } = await signIn(PASSWORD);

    const wrong = { currentPassword: 'a guess, no more', password: OTHER };
    const answer = await change(body.accessToken, wrong).expect(422);

    expect(answer.body.type).toBe('urn:problem:wrong-password');
    await signIn(PASSWORD).expect(201);
  });

  it('is not changed to one that protects nothing', async () => {
    const { body } = await signIn(PASSWORD);

    const weak = { currentPassword: PASSWORD, password: 'password123' };
    const answer = await change(body.accessToken, weak).expect(422);

    expect(answer.body.errors).toEqual([{ pointer: '/password', detail: expect.any(String) }]);
  });

  it('that is changed leaves no session that was begun with the old one at the same time', async () => {
    const { body } = await signIn(PASSWORD);

    const [, ...others] = await Promise.all([
      change(body.accessToken, { currentPassword: PASSWORD, password: OTHER }).expect(204),
      ...Array.from({ length: 10 }, () => signIn(PASSWORD)),
    ]);

    for (const { status, body: session } of others) {
      if (status === 201) await me(session.accessToken).expect(401);
    }
  });
});

describe('Registering', () => {
  const register = ({ http }: RunningApplication, email: string) =>
    http.post('/api/v1/accounts').send({ email, password: PASSWORD });

  it('is limited for each address of a client', async () => {
    const shop = await startApplication({ environment: { RATE_LIMIT_REGISTER: '3' } });
    for (const name of ['a', 'b', 'c']) await register(shop, `${name}@example.test`).expect(201);

    const { body } = await register(shop, 'd@example.test').expect(429);

    expect(body.type).toBe('urn:problem:rate-limited');
    await shop.close();
  });

  it('is limited for each mailbox, whoever asks', async () => {
    const shop = await startApplication({
      environment: { RATE_LIMIT_REGISTER: '3', TRUST_PROXY: 'true' },
    });
    const from = (client: number, email: string) =>
      register(shop, email).set('X-Forwarded-For', `192.0.2.${client}`);
    for (const client of [1, 2, 3]) await from(client, `victim+${client}@example.test`).expect(201);

    await from(4, 'Victim+4@example.test').expect(429);

    await from(4, 'somebody@example.test').expect(201);
    await shop.close();
  });
});

describe('The audit log', () => {
  it('forgets what is older than it is to be kept, and nothing else', async () => {
    const shop = await startApplication({ environment: { AUDIT_KEPT_DAYS: '30' } });
    await shop.dataSource.query(
      `INSERT INTO audit_entries (id, entity, entity_id, action, changes, at)
       SELECT gen_random_uuid(), 'Old', n::text, 'created', '{}', now() - interval '31 days'
       FROM generate_series(1, 6000) AS n`,
    );
    await shop.dataSource.query(
      `INSERT INTO audit_entries (id, entity, entity_id, action, changes, at)
       VALUES (gen_random_uuid(), 'Young', '1', 'created', '{}', now() - interval '29 days')`,
    );

    const pruned = await shop.app.get(AuditRetention).prune();

    const left = `SELECT DISTINCT entity FROM audit_entries WHERE entity IN ('Old', 'Young')`;
    expect(pruned).toBe(6000);
    expect(await shop.dataSource.query(left)).toEqual([{ entity: 'Young' }]);
    await shop.close();
  });
});
