import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApplication, type RunningApplication } from './support/application.js';

const SCRIPT = 'assets/main-1a2b3c4d.js';

let webRoot: string;
let shop: RunningApplication;
beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'pages-'));
  await mkdir(join(webRoot, 'assets'));
  await write('index.html', '<html><head><title>Shop</title></head><body></body></html>');
  await write(SCRIPT, 'as it is');
  await write(`${SCRIPT}.br`, 'by brotli');
  await write(`${SCRIPT}.gz`, 'by gzip');
  shop = await startApplication({ environment: { WEB_ROOT: webRoot } });
});
afterAll(async () => {
  await shop.close();
  await rm(webRoot, { recursive: true });
});

const write = (file: string, content: string) => writeFile(join(webRoot, file), content);

describe('The pages', () => {
  it.each([
    '/',
    '/register',
    '/sign-in',
    '/products',
    '/orders',
    '/orders/new',
    '/orders/019b7600-0000-7000-8000-000000000001',
    '/orders/019b7600-0000-7000-8000-000000000001/receipt',
    '/orders?from=mail',
    '/account',
    '/staff',
  ])('are one document, asked for anew each time: %s', async (address) => {
    const { headers, text, type } = await shop.http.get(address).expect(200);

    expect(type).toBe('text/html');
    expect(text).toContain('<title>Shop</title>');
    expect(headers['cache-control']).toBe('no-cache');
  });

  it('are not sent again to a browser that has them', async () => {
    const { headers } = await shop.http.get('/').expect(200);

    await shop.http.get('/orders').set('If-None-Match', String(headers['etag'])).expect(304);
  });

  it('may load nothing from elsewhere, and nothing that is written into the document', async () => {
    const { headers } = await shop.http.get('/').expect(200);

    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toMatch(/style-src 'self'(;|$)/);
    expect(policy).not.toMatch(/unsafe|https:|data:|\*/);
  });

  it.each(['/nowhere', '/api/v1/nowhere', '/orders/1/2/3', '/assets/gone.js'])(
    'leave every other address a problem: %s',
    async (address) => {
      const { body, type } = await shop.http.get(address).set('Accept', 'text/html').expect(404);

      expect(type).toBe('application/problem+json');
      expect(body.type).toBe('urn:problem:route-not-found');
    },
  );

  it('leave the pages beside them as they are', async () => {
    const docs = await shop.http.get('/docs').expect(200);
    const mail = await shop.http.get('/dev/mail').set('Accept', 'text/html').expect(200);

    expect([docs.text, mail.text].join()).not.toContain('<title>Shop</title>');
    await shop.http.get('/health/ready').expect(200);
  });

  it('tell how the staff of the demo signs in, and only of the demo', async () => {
    const operated = await startApplication({
      environment: {
        WEB_ROOT: webRoot,
        STAFF_EMAIL: 'boss@example.test',
        STAFF_PASSWORD: 'a password of their own',
      },
    });

    expect((await shop.http.get('/')).text).toContain('staff@example.test demo staff password');
    expect((await operated.http.get('/')).text).not.toMatch(/demo-staff|boss@|password/);
    await operated.close();
  });

  it('are missing without harm where nobody built them', async () => {
    const api = await startApplication({ environment: { WEB_ROOT: join(webRoot, 'nowhere') } });

    await api.http.get('/').expect(404);
    await api.http.get('/api/v1/products').expect(200);
    await api.close();
  });
});

describe('What the pages load', () => {
  it.each([
    ['br, gzip', 'br', 'by brotli'],
    ['gzip', 'gzip', 'by gzip'],
    ['identity', undefined, 'as it is'],
  ])('comes compressed beforehand, for good: %s', async (accepted, encoding, content) => {
    const { headers } = await shop.http
      .head(`/${SCRIPT}`)
      .set('Accept-Encoding', accepted)
      .expect(200);

    expect(headers['content-encoding']).toBe(encoding);
    expect(Number(headers['content-length'])).toBe(content.length);
    expect(headers['content-type']).toMatch(/javascript/);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });
});
