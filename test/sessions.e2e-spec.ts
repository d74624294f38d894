import { jest } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { Passwords } from '../apps/api/src/accounts/index.js';
import { startApplication, type RunningApplication } from './support/application.js';
import { cookieOf, setCookieOf } from './support/cookies.js';
import { PRODUCTION, withRealGateway } from './support/production.js';

const ADA = { email: 'Ada@example.test', password: 'correct horse battery staple' };
const COOKIE = 'refresh_token';

let shop: RunningApplication;
beforeAll(async () => {
  shop = await startApplication();
  await shop.http.post('/api/v1/accounts').send(ADA).expect(201);
});
afterAll(() => shop.close());

const signIn = (credentials: object = ADA) => shop.http.post('/api/v1/sessions').send(credentials);
const refresh = (cookie: string) =>
  shop.http.post('/api/v1/sessions/refresh').set('cookie', cookie);
const me = (accessToken: string) =>
  shop.http.get('/api/v1/me').auth(accessToken, { type: 'bearer' });

describe('Signing in', () => {
  it('answers with a short-lived access token', async () => {
    const { body } = await signIn({ ...ADA, email: 'ada@EXAMPLE.test' }).expect(201);

    expect(body).toEqual({ accessToken: expect.any(String), expiresIn: 900 });
    await me(body.accessToken).expect(200);
  });

  it('sets a refresh token that neither scripts nor other sites can reach', async () => {
    const cookie = setCookieOf(await signIn(), COOKIE);

    expect(cookie).toMatch(/; Path=\/api\/v1\/sessions;.*; HttpOnly; SameSite=Strict$/);
  });

  it('keeps only a hash of the refresh token', async () => {
    const [, token = ''] = cookieOf(await signIn(), COOKIE).split('=');

    expect(token).toHaveLength(43);
    const kept = await shop.dataSource.query('SELECT * FROM refresh_tokens');
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  it('answers a wrong password and an unknown e-mail alike', async () => {
    const wrong = await signIn({ ...ADA, password: 'wrong horse battery' }).expect(401);
    const unknown = await signIn({ ...ADA, email: 'nobody@example.test' }).expect(401);

    expect(wrong.body.type).toBe('urn:problem:wrong-credentials');
    expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
  });

  it('verifies a password for an unknown e-mail too, so that time tells nothing', async () => {
    const matches = jest.spyOn(shop.app.get(Passwords), 'matches');

    await signIn({ ...ADA, email: 'nobody@example.test' }).expect(401);

    expect(matches).toHaveBeenCalledTimes(1);
    matches.mockRestore();
  });

  it('needs text in both fields', async () => {
    const { body } = await signIn({ email: { $ne: '' } }).expect(422);

    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/email',
      '/password',
    ]);
  });
});

describe('An access token', () => {
  it('of another issuer is worth nothing', async () => {
    const claims = { sub: crypto.randomUUID(), sid: crypto.randomUUID(), role: 'staff' };
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode('not the secret of this application'));
    const unsigned = new UnsecuredJWT(claims).setExpirationTime('1h').encode();

    await me(forged).expect(401);
    await me(unsigned).expect(401);
    await me('nonsense').expect(401);
  });

  it('carries the role that the database says, from the next request on', async () => {
    const boss = { email: 'boss@example.test', password: ADA.password };
    await shop.http.post('/api/v1/accounts').send(boss).expect(201);
    const { body } = await signIn(boss);

    await shop.dataSource.query(`UPDATE users SET role = 'staff' WHERE email = $1`, [boss.email]);

    const answer = await me(body.accessToken).expect(200);
    expect(answer.body.role).toBe('staff');
  });
});

describe('Renewing a session', () => {
  it('replaces the refresh token', async () => {
    const first = cookieOf(await signIn(), COOKIE);

    const renewed = await refresh(first).expect(200);

    const second = cookieOf(renewed, COOKIE);
    expect(second).not.toBe(first);
    await me(renewed.body.accessToken).expect(200);
    await refresh(second).expect(200);
  });

  it('ends the session when a refresh token is used a second time', async () => {
    const first = cookieOf(await signIn(), COOKIE);
    const renewed = await refresh(first).expect(200);

    const reused = await refresh(first).expect(401);

    expect(reused.body.type).toBe('urn:problem:session-over');
    expect(setCookieOf(reused, COOKIE)).toMatch(/^refresh_token=; Max-Age=0/);
    await refresh(cookieOf(renewed, COOKIE)).expect(401);
    await me(renewed.body.accessToken).expect(401);
  });

  it('counts two requests at the same time with one token as such a second use', async () => {
    const cookie = cookieOf(await signIn(), COOKIE);

    const answers = await Promise.all([refresh(cookie), refresh(cookie)]);

    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 401]);
    const winner = answers.find(({ status }) => status === 200);
    await me(winner?.body.accessToken).expect(401);
  });

  it('ends 30 days after signing in, however often it was renewed', async () => {
    const signedIn = await signIn();
    const renewed = await refresh(cookieOf(signedIn, COOKIE)).expect(200);

    expect(expiryOf(setCookieOf(renewed, COOKIE))).toBe(expiryOf(setCookieOf(signedIn, COOKIE)));
  });

  it('is over once it expired', async () => {
    const signedIn = await signIn();
    await shop.dataSource.query('UPDATE sessions SET expires_at = now()');

    await refresh(cookieOf(signedIn, COOKIE)).expect(401);
    await me(signedIn.body.accessToken).expect(401);
  });

  it.each(['', 'refresh_token=unknown'])('refuses the cookie "%s"', async (cookie) => {
    const { body } = await refresh(cookie).expect(401);

    expect(body.type).toBe('urn:problem:session-over');
  });
});

describe('Signing out', () => {
  it('ends the session at once and leaves the others alone', async () => {
    const here = await signIn();
    const elsewhere = await signIn();

    const answer = await shop.http
      .delete('/api/v1/sessions/current')
      .auth(here.body.accessToken, { type: 'bearer' })
      .expect(204);

    expect(setCookieOf(answer, COOKIE)).toMatch(/^refresh_token=; Max-Age=0/);
    await me(here.body.accessToken).expect(401);
    await refresh(cookieOf(here, COOKIE)).expect(401);
    await me(elsewhere.body.accessToken).expect(200);
  });

  it('everywhere ends every session of the account, and of nobody else', async () => {
    const grace = { email: 'grace@example.test', password: ADA.password };
    await shop.http.post('/api/v1/accounts').send(grace).expect(201);
    const hers = await signIn(grace);
    const here = await signIn();
    const elsewhere = await signIn();

    const answer = await shop.http
      .delete('/api/v1/sessions')
      .auth(here.body.accessToken, { type: 'bearer' })
      .expect(204);

    expect(setCookieOf(answer, COOKIE)).toMatch(/^refresh_token=; Max-Age=0/);
    for (const session of [here, elsewhere]) {
      await me(session.body.accessToken).expect(401);
      await refresh(cookieOf(session, COOKIE)).expect(401);
    }
    await me(hers.body.accessToken).expect(200);
    await signIn().expect(201);
  });

  it('everywhere asks for a sign-in', async () => {
    await shop.http.delete('/api/v1/sessions').expect(401);
  });
});

describe('Where somebody is signed in', () => {
  const LIN = { ...ADA, email: 'lin@example.test' };
  const as = (session: { body: { accessToken: string } }) => session.body.accessToken;
  const list = (accessToken: string) =>
    shop.http.get('/api/v1/sessions').auth(accessToken, { type: 'bearer' });
  const end = (id: string, accessToken: string) =>
    shop.http.delete(`/api/v1/sessions/${id}`).auth(accessToken, { type: 'bearer' });
  beforeAll(() => shop.http.post('/api/v1/accounts').send(LIN).expect(201));
  afterEach(async () => {
    const session = await signIn(LIN);
    await shop.http.delete('/api/v1/sessions').auth(as(session), { type: 'bearer' }).expect(204);
  });

  it('is told, the latest first, with the one that asks', async () => {
    const [elsewhere, here] = [await signIn(LIN), await signIn(LIN)];
    const renewed = await refresh(cookieOf(elsewhere, COOKIE)).expect(200);

    const { body } = await list(as(here)).expect(200);

    expect(body.items).toEqual([
      expect.objectContaining({ isCurrent: true }),
      expect.objectContaining({ isCurrent: false }),
    ]);
    expect(Date.parse(body.items[1].renewedAt)).toBeGreaterThan(
      Date.parse(body.items[1].startedAt),
    );
    expect((await list(as(renewed)).expect(200)).body.items[1].isCurrent).toBe(true);
  });

  it('is told to nobody else', async () => {
    await signIn(LIN);

    const { body } = await list(as(await signIn(ADA))).expect(200);

    const [{ count }] = await shop.dataSource.query(
      `SELECT count(DISTINCT user_id) FROM sessions WHERE id = ANY($1)`,
      [body.items.map(({ id }: { id: string }) => id)],
    );
    expect(count).toBe('1');
    await shop.http.get('/api/v1/sessions').expect(401);
  });

  it('is ended for one of them alone', async () => {
    const [lost, here] = [await signIn(LIN), await signIn(LIN)];
    const [, { id }] = (await list(as(here)).expect(200)).body.items;

    await end(id, as(here)).expect(204);

    await me(as(lost)).expect(401);
    await refresh(cookieOf(lost, COOKIE)).expect(401);
    expect((await list(as(here)).expect(200)).body.items).toHaveLength(1);
    await end(id, as(here)).expect(404);
  });

  it('is not ended by somebody else', async () => {
    const here = await signIn(LIN);
    const [{ id }] = (await list(as(here)).expect(200)).body.items;

    const { body } = await end(id, as(await signIn(ADA))).expect(404);

    expect(body.type).toBe('urn:problem:session-not-found');
    await me(as(here)).expect(200);
  });
});

describe('Guessing passwords', () => {
  it('is slowed down for each address and e-mail', async () => {
    const guarded = await startApplication({ environment: { RATE_LIMIT_SIGN_IN: '3' } });
    const guess = (email: string) =>
      guarded.http.post('/api/v1/sessions').send({ email, password: 'guess' });

    for (const email of ['ada@example.test', 'ADA@example.test', ' \uff41da@example.test']) {
      await guess(email).expect(401);
    }
    const { body, headers } = await guess('ada@example.test').expect(429);

    expect(body.type).toBe('urn:problem:rate-limited');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await guess('grace@example.test').expect(401);
    await guarded.close();
  });
});

describe('In production', () => {
  it.each([
    ['encrypted only', {}, true],
    ['encrypted only, behind a proxy', { PUBLIC_URL: 'https://shop.dev' }, true],
    ['as the public address does', { PUBLIC_URL: 'http://192.0.2.7:3000' }, false],
  ])('the refresh token travels %s', async (_, environment, isSecure) => {
    const production = await startApplication({
      environment: {
        ...PRODUCTION,
        STAFF_EMAIL: ADA.email,
        STAFF_PASSWORD: ADA.password,
        ...environment,
      },
      override: withRealGateway,
    });

    const signedIn = await production.http.post('/api/v1/sessions').send(ADA).expect(201);

    expect(/; Secure/.test(setCookieOf(signedIn, COOKIE) ?? '')).toBe(isSecure);
    await production.close();
  });
});

function expiryOf(cookie = ''): string | undefined {
  return /; Expires=([^;]+)/.exec(cookie)?.[1];
}
