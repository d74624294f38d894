import { ApplicationProcess } from '../support/application-process.js';
import { Collector } from '../support/collector.js';
import { createApplicationDatabase, type TestDatabase } from '../support/database.js';
import { MailServer } from '../support/mail-server.js';

const PERSON = { email: 'ada@example.test', password: 'correct horse battery staple' };

describe('An application with a collector', () => {
  let database: TestDatabase;
  let mailServer: MailServer;
  beforeEach(async () => {
    database = await createApplicationDatabase();
    mailServer = await MailServer.start();
  });
  afterEach(async () => {
    await mailServer.close();
    await database.drop();
  });

  async function register(collector: Collector): Promise<ApplicationProcess> {
    const application = new ApplicationProcess({
      NODE_ENV: 'development',
      DATABASE_URL: database.url,
      SMTP_URL: mailServer.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    });
    await application.start();
    const answer = await fetch(`${application.url}/api/v1/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(PERSON),
    });
    expect(answer.status).toBe(201);
    await mailServer.until(({ received }) => received.length > 0);
    return application;
  }

  it('exports a request with all that it led to, and the job that came of it, to the last span', async () => {
    await using collector = await Collector.start();

    const application = await register(collector);
    await application.stop();

    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(['shop']));
    const outline = collector.outline();
    const from = (name: string) =>
      outline.slice(outline.findIndex((line) => line.startsWith(name)));
    expect(from('POST /api/v1/accounts').slice(0, 6)).toEqual([
      'POST /api/v1/accounts (server)',
      '  signal model.postSave (internal)',
      '    receiver accounts.createProfile (internal)',
      '      signal model.postSave (internal)',
      '        receiver audit.record (internal)',
      '    receiver audit.record (internal)',
    ]);
    expect(outline).toContain('    delivery notifications.sendWelcome enqueue (producer)');
    expect(from('delivery notifications.sendWelcome process').slice(0, 2)).toEqual([
      'delivery notifications.sendWelcome process (consumer) → delivery notifications.sendWelcome enqueue',
      '  receiver notifications.sendWelcome (internal)',
    ]);
  });

  it('waits for one that does not answer at its end alone, and not for long', async () => {
    await using collector = await Collector.start('hangs');

    const application = await register(collector);
    await application.stop();

    expect(collector.answered).toBe(0);
  });
});
