import { Signals } from 'nestjs-signals';
import { preSave } from 'nestjs-signals/typeorm';
import { Profile } from '../apps/api/src/accounts/index.js';
import { startApplication, type RunningApplication } from './support/application.js';
import { createApplicationDatabase } from './support/database.js';

const PASSWORD = 'correct horse battery staple';
const STAFF = { email: 'Boss@example.test', password: 'another long password' };

let shop: RunningApplication;
beforeAll(async () => {
  shop = await startApplication();
});
afterAll(() => shop.close());

const register = (account: object) => shop.http.post('/api/v1/accounts').send(account);

describe('Registering an account', () => {
  it('answers with the account and the profile that was made with it', async () => {
    const ada = { email: 'Ada@example.test', password: PASSWORD, displayName: 'Ada' };

    const { body } = await register(ada).expect(201);

    expect(body).toEqual({
      id: expect.any(String),
      email: 'Ada@example.test',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      profile: { displayName: 'Ada', bio: '' },
    });
  });

  it('names the profile after the e-mail when no name is given', async () => {
    const { body } = await register({ email: ' grace@example.test ', password: PASSWORD });

    expect(body).toMatchObject({
      email: 'grace@example.test',
      profile: { displayName: 'grace' },
    });
  });

  it('welcomes by one mail', async () => {
    await register({ email: 'welcomed@example.test', password: PASSWORD }).expect(201);

    expect(await mailsTo('welcomed@example.test')).toHaveLength(1);
  });

  it('refuses an e-mail that has an account, in any letter case', async () => {
    await register({ email: 'taken@example.test', password: PASSWORD }).expect(201);

    const { body } = await register({ email: 'TAKEN@Example.Test', password: PASSWORD }).expect(
      409,
    );

    expect(body).toMatchObject({ type: 'urn:problem:email-taken', status: 409 });
  });

  it('lets exactly one of 50 registrations of one e-mail at the same time through', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        register({
          email: index % 2 ? 'rush@example.test' : 'RUSH@example.test',
          password: PASSWORD,
        }),
      ),
    );

    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expect(await usersLike('rush@example.test')).toHaveLength(1);
    expect(await shop.dataSource.query(PROFILES_OF, ['rush@example.test'])).toHaveLength(1);
    expect(await mailsTo('rush@example.test')).toHaveLength(1);
  });

  it('says which fields are wrong, unknown ones included', async () => {
    const { body } = await register({ email: 'nobody', password: 'short', role: 'staff' }).expect(
      422,
    );

    expect(body.type).toBe('urn:problem:validation-failed');
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/email', detail: 'must be an e-mail address' },
        { pointer: '/password', detail: 'must have at least 10 characters' },
        { pointer: '/role', detail: 'is not a known field' },
      ]),
    );
  });

  it.each([
    ['is common', 'Password123'],
    ['repeats itself', 'abababababab'],
    ['contains the name in the e-mail', 'hello weakling'],
  ])('refuses a password that %s', async (_why, password) => {
    const { body } = await register({ email: 'weakling@example.test', password }).expect(422);

    expect(body.errors).toEqual([{ pointer: '/password', detail: expect.any(String) }]);
  });

  it('leaves no user and sends no mail when the profile cannot be made', async () => {
    const signals = shop.app.get(Signals);
    const fail = () => {
      throw new Error('no profile today');
    };
    using _ = signals.connect(preSave, fail, { sender: Profile, dispatchUid: 'test.fail' });

    const { body } = await register({ email: 'unlucky@example.test', password: PASSWORD }).expect(
      500,
    );

    expect(body.type).toBe('urn:problem:internal-error');
    expect(JSON.stringify(body)).not.toContain('no profile today');
    expect(await usersLike('unlucky@example.test')).toEqual([]);
    expect(await mailsTo('unlucky@example.test')).toEqual([]);
  });

  it('keeps the password as an argon2id hash only', async () => {
    await register({ email: 'secret@example.test', password: PASSWORD }).expect(201);

    const [user] = await usersLike('secret@example.test');
    expect(user?.password_hash).toMatch(/^\$argon2id\$/);
  });
});

describe('The own account', () => {
  let authorization: string;
  beforeAll(async () => {
    const credentials = { email: 'own@example.test', password: PASSWORD };
    await register({ ...credentials, displayName: 'Own' }).expect(201);
    const { body } = await shop.http.post('/api/v1/sessions').send(credentials).expect(201);
    authorization = `Bearer ${body.accessToken}`;
  });

  it('is shown with its profile and its role', async () => {
    const { body } = await shop.http.get('/api/v1/me').set({ authorization }).expect(200);

    expect(body).toEqual({
      id: expect.any(String),
      email: 'own@example.test',
      role: 'customer',
      createdAt: expect.any(String),
      profile: { displayName: 'Own', bio: '' },
    });
  });

  it('is shown to nobody else', async () => {
    const { body } = await shop.http.get('/api/v1/me').expect(401);

    expect(body.type).toBe('urn:problem:not-signed-in');
  });

  it('has a profile whose parts change one by one', async () => {
    const patch = (changes: object) =>
      shop.http.patch('/api/v1/me/profile').set({ authorization }).send(changes).expect(200);

    await patch({ bio: 'Reads the manual.' });
    const { body } = await patch({ displayName: 'Renamed' });

    expect(body).toEqual({ displayName: 'Renamed', bio: 'Reads the manual.' });
  });

  it.each([
    ['an empty name', { displayName: '   ' }, '/displayName'],
    ['no name', { displayName: null }, '/displayName'],
    ['a long bio', { bio: 'x'.repeat(501) }, '/bio'],
    ['a bio that cannot be stored', { bio: 'NUL \0' }, '/bio'],
    ['an e-mail', { email: 'other@example.test' }, '/email'],
  ])('refuses %s in its profile', async (_what, changes, pointer) => {
    const { body } = await shop.http
      .patch('/api/v1/me/profile')
      .set({ authorization })
      .send(changes)
      .expect(422);

    expect(body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });
});

describe('The first staff account', () => {
  const environment = {
    ACCESS_TOKEN_SECRET: 'one secret for every process of the shop',
    STAFF_EMAIL: STAFF.email,
    STAFF_PASSWORD: STAFF.password,
  };

  it('is made once, without a mail, however many processes start at the same time', async () => {
    const database = await createApplicationDatabase();
    const both = { environment: { ...environment, DATABASE_URL: database.url } };
    const [one, two] = await Promise.all([startApplication(both), startApplication(both)]);

    const session = await one.http.post('/api/v1/sessions').send(STAFF).expect(201);
    const authorization = `Bearer ${session.body.accessToken}`;
    const { body } = await two.http.get('/api/v1/me').set({ authorization });

    expect(body).toMatchObject({ email: STAFF.email, role: 'staff' });
    expect(await one.dataSource.query('SELECT FROM users')).toHaveLength(1);
    expect([...(await one.mails()), ...(await two.mails())]).toEqual([]);

    await Promise.all([one.close(), two.close()]);
    await database.drop();
  });

  it('does not promote a customer who registered with its e-mail', async () => {
    const database = await createApplicationDatabase();
    const first = await startApplication({ environment: { DATABASE_URL: database.url } });
    await first.http
      .post('/api/v1/accounts')
      .send({ email: STAFF.email.toLowerCase(), password: PASSWORD })
      .expect(201);
    await first.close();

    const second = await startApplication({
      environment: { ...environment, DATABASE_URL: database.url },
    });

    const roles = await second.dataSource.query('SELECT role FROM users WHERE email_key = $1', [
      STAFF.email.toLowerCase(),
    ]);
    expect(roles).toEqual([{ role: 'customer' }]);

    await second.close();
    await database.drop();
  });
});

const PROFILES_OF =
  'SELECT FROM profiles JOIN users ON users.id = profiles.user_id WHERE users.email_key = $1';

function usersLike(email: string): Promise<{ password_hash: string }[]> {
  return shop.dataSource.query('SELECT password_hash FROM users WHERE lower(email) = $1', [email]);
}

async function mailsTo(address: string) {
  const mails = await shop.mails();
  return mails.filter(({ to }) => to.some((recipient) => recipient.toLowerCase() === address));
}
