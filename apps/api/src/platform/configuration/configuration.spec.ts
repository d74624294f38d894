import { ConfigurationError } from './configuration.error.js';
import { readConfiguration } from './configuration.js';
import { DEMO_STAFF } from './demo-staff.js';

const DATABASE_URL = 'postgres://shop:secret@localhost:5432/shop';
const DEVELOPMENT = { NODE_ENV: 'development', DATABASE_URL };
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL,
  SMTP_URL: 'smtp://mail.example.com:587',
  MAIL_FROM: 'The shop <orders@shop.dev>',
  ACCESS_TOKEN_SECRET: 'x'.repeat(32),
};

describe('Reading the configuration', () => {
  it('needs only a database in development', () => {
    expect(readConfiguration(DEVELOPMENT)).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 3000,
      databasePoolSize: 20,
      smtpUrl: undefined,
      seedDemo: true,
      staff: DEMO_STAFF,
      rateLimit: 600,
      rateLimitSignIn: 10,
      trustedProxies: 0,
    });
  });

  it.each([undefined, ''])('takes NODE_ENV=%j for production', (NODE_ENV) => {
    const unsaid = { ...PRODUCTION, NODE_ENV };

    expect(readConfiguration(unsaid)).toEqual(readConfiguration(PRODUCTION));
    expect(() => readConfiguration({ NODE_ENV, DATABASE_URL })).toThrow(
      /SMTP_URL[^]*NODE_ENV is development[^]*ACCESS_TOKEN_SECRET[^]*NODE_ENV is development/,
    );
  });

  it.each(['Development', 'dev', ' development', 'staging'])('refuses NODE_ENV=%j', (NODE_ENV) => {
    expect(() => readConfiguration({ ...PRODUCTION, NODE_ENV })).toThrow(/NODE_ENV must be/);
  });

  it('opens to everybody in production and seeds nothing', () => {
    expect(readConfiguration(PRODUCTION)).toMatchObject({
      host: '0.0.0.0',
      seedDemo: false,
      staff: undefined,
    });
  });

  it('never makes the staff account of the demo in production', () => {
    const { seedDemo, staff } = readConfiguration({ ...PRODUCTION, SEED_DEMO: 'true' });

    expect(seedDemo).toBe(true);
    expect(staff).toBeUndefined();
  });

  it('signs with another secret at every start outside production', () => {
    const [one, two] = [readConfiguration(DEVELOPMENT), readConfiguration(DEVELOPMENT)];

    expect(one.accessTokenSecret).not.toBe(two.accessTokenSecret);
  });

  it('takes an empty variable as unset', () => {
    expect(readConfiguration({ ...DEVELOPMENT, PORT: '', SMTP_URL: '' })).toMatchObject({
      port: 3000,
      smtpUrl: undefined,
    });
  });

  it.each([
    ['true', 1],
    ['false', 0],
    ['2', 2],
  ])('reads TRUST_PROXY=%s as %i proxies', (TRUST_PROXY, hops) => {
    expect(readConfiguration({ ...DEVELOPMENT, TRUST_PROXY }).trustedProxies).toBe(hops);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(readConfiguration(DEVELOPMENT))).toBe(true);
  });

  it('names every wrong variable at once', () => {
    const wrong = () =>
      readConfiguration({
        NODE_ENV: 'staging',
        PORT: '65536',
        DATABASE_URL: 'mysql://localhost/shop',
        DATABASE_POOL_SIZE: '0',
        SMTP_URL: 'mail.example.com',
        ACCESS_TOKEN_SECRET: 'short',
        STAFF_EMAIL: 'boss@example.com',
        SEED_DEMO: 'yes',
        RATE_LIMIT: '-1',
        RATE_LIMIT_SIGN_IN: 'many',
        TRUST_PROXY: 'maybe',
        PUBLIC_URL: 'shop.example.com',
        METRICS_TOKEN: 'short',
        METRICS_PORT: 'none',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318',
        TRACING_UI: 'http://localhost:16686',
      });

    expect(wrong).toThrow(ConfigurationError);
    expect(wrong).toThrow(
      /NODE_ENV must be[^]*PORT must be[^]*DATABASE_URL must[^]*DATABASE_POOL_SIZE must[^]*SMTP_URL must[^]*ACCESS_TOKEN_SECRET must[^]*STAFF_PASSWORD must[^]*SEED_DEMO must[^]*RATE_LIMIT must[^]*RATE_LIMIT_SIGN_IN must[^]*TRUST_PROXY must[^]*PUBLIC_URL must[^]*METRICS_TOKEN must[^]*METRICS_PORT must[^]*OTEL_EXPORTER_OTLP_ENDPOINT must[^]*TRACING_UI must/,
    );
  });

  it('demands in production what only the demo can do without', () => {
    expect(() => readConfiguration({ NODE_ENV: 'production' })).toThrow(
      /DATABASE_URL[^]*SMTP_URL[^]*ACCESS_TOKEN_SECRET/,
    );
  });

  it('has no metrics in production that anybody could read', () => {
    const METRICS_TOKEN = 'a token for scraping';

    expect(readConfiguration(DEVELOPMENT).servesMetrics).toBe(true);
    expect(readConfiguration(PRODUCTION).servesMetrics).toBe(false);
    expect(readConfiguration({ ...PRODUCTION, METRICS_TOKEN }).servesMetrics).toBe(true);
  });

  it('serves a worker no metrics in production that anybody could read', () => {
    const METRICS_PORT = '9464';

    expect(readConfiguration({ ...DEVELOPMENT, METRICS_PORT }).metricsPort).toBe(9464);
    expect(() => readConfiguration({ ...PRODUCTION, METRICS_PORT })).toThrow(/METRICS_TOKEN must/);
  });

  it.each([
    undefined,
    'shop@example.test',
    'The shop <shop@example.com>',
    'shop@mail.example.org',
    'shop@localhost',
    'shop@shop.invalid',
  ])('sends no mail in production from %s', (MAIL_FROM) => {
    expect(() => readConfiguration({ ...PRODUCTION, MAIL_FROM })).toThrow(
      /MAIL_FROM must name a sender of yours/,
    );
  });

  it.each([
    ['short', 'at least 10 characters'],
    ['password123', 'commonest'],
    ['the boss is here', 'name in your e-mail'],
    [DEMO_STAFF.password, 'must be another one than the demo has'],
  ])('refuses %s as the password of staff in production', (STAFF_PASSWORD, reason) => {
    const STAFF_EMAIL = 'boss@shop.dev';

    expect(() => readConfiguration({ ...PRODUCTION, STAFF_EMAIL, STAFF_PASSWORD })).toThrow(reason);
  });

  it('allows a twentieth of the requests of a minute as registrations of an hour', () => {
    expect(readConfiguration(DEVELOPMENT).rateLimitRegister).toBe(30);
    expect(readConfiguration({ ...DEVELOPMENT, RATE_LIMIT_REGISTER: '5' }).rateLimitRegister).toBe(
      5,
    );
  });

  it('never shows a secret', () => {
    expect(() => readConfiguration({ ...PRODUCTION, ACCESS_TOKEN_SECRET: 'hush' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hush') }),
    );
  });
});
