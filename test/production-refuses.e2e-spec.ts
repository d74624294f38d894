import { startApplication } from './support/application.js';
import { createApplicationDatabase, type TestDatabase } from './support/database.js';
import { PRODUCTION, withRealGateway } from './support/production.js';

const STAFF = { email: 'staff@example.test', password: 'demo staff password' };

describe('Production refuses to start', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createApplicationDatabase();
    const development = await startApplication({ environment: { DATABASE_URL: database.url } });
    await development.close();
  });
  afterAll(() => database.drop());

  it('with a gateway that takes no money', async () => {
    await expect(startApplication({ environment: PRODUCTION })).rejects.toMatchObject({
      name: 'StandInGatewayError',
      message: expect.stringContaining('the sandbox, which takes no money'),
    });
  });

  it('on a database where the staff of the demo could sign in', async () => {
    const environment = { ...PRODUCTION, DATABASE_URL: database.url };

    await expect(
      startApplication({ environment, override: withRealGateway }),
    ).rejects.toMatchObject({
      name: 'DemoPasswordError',
      message: expect.stringContaining(`${STAFF.email} is staff in this database`),
    });
  });

  it('no longer once STAFF_PASSWORD says another one, which takes effect', async () => {
    const password = 'wholly other words';
    const environment = { ...PRODUCTION, DATABASE_URL: database.url, STAFF_EMAIL: STAFF.email };
    const signIn = { email: STAFF.email, password };

    const first = await startApplication({
      environment: { ...environment, STAFF_PASSWORD: password },
      override: withRealGateway,
    });
    await first.http.post('/api/v1/sessions').send(STAFF).expect(401);
    const { body } = await first.http.post('/api/v1/sessions').send(signIn).expect(201);
    const changed = 'by its owner, on the page';
    await first.http
      .put('/api/v1/me/password')
      .auth(body.accessToken, { type: 'bearer' })
      .send({ currentPassword: password, password: changed })
      .expect(204);
    await first.close();

    const second = await startApplication({
      environment: { ...environment, STAFF_PASSWORD: password },
      override: withRealGateway,
    });
    await second.http.post('/api/v1/sessions').send(signIn).expect(401);
    await second.http
      .post('/api/v1/sessions')
      .send({ ...signIn, password: changed })
      .expect(201);
    await second.close();
  }, 60_000);
});
