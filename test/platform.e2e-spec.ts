import { Validator } from '@seriousme/openapi-schema-validator';
import { newId } from '../apps/api/src/platform/index.js';
import { startApplication, type RunningApplication } from './support/application.js';

const ADA = { email: 'ada@example.test', password: 'correct horse battery staple' };

let shop: RunningApplication;
let authorization: string;
beforeAll(async () => {
  shop = await startApplication();
  await shop.http.post('/api/v1/accounts').send(ADA).expect(201);
  const { body } = await shop.http.post('/api/v1/sessions').send(ADA).expect(201);
  authorization = `Bearer ${body.accessToken}`;
});
afterAll(() => shop.close());

describe('Every error', () => {
  const post = () => shop.http.post('/api/v1/accounts');

  it.each([
    ['an unknown address', 404, 'route-not-found', () => shop.http.get('/api/v1/nowhere')],
    ['a closed address', 401, 'not-signed-in', () => shop.http.get('/api/v1/me')],
    ['bad JSON', 400, 'malformed-request', () => post().type('json').send('{"email":')],
    ['a wrong content type', 415, 'unsupported-media-type', () => post().type('text').send('x')],
    ['a large body', 413, 'body-too-large', () => post().send({ email: 'x'.repeat(200_000) })],
    ['a list for an object', 422, 'validation-failed', () => post().send([])],
    ['a bad query', 422, 'validation-failed', () => shop.http.get('/api/v1/products?limit=0')],
  ])('is a problem: %s', async (_what, status, code, request) => {
    const answer = await request();

    expect(answer.type).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `urn:problem:${code}`,
      title: expect.stringMatching(/^[A-Z]/),
      status,
      detail: expect.any(String),
      instance: `urn:request:${answer.headers['x-request-id']}`,
    });
    expect(answer.status).toBe(status);
  });

  it('points into the request where fields are wrong', async () => {
    const { body } = await shop.http
      .post('/api/v1/orders')
      .set({ authorization })
      .send({ lines: [{ productId: newId(), quantity: 0, price: 1 }] })
      .expect(422);

    expect(body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/lines/0/quantity', detail: expect.any(String) },
        { pointer: '/lines/0/price', detail: 'is not a known field' },
      ]),
    );
  });

  it('answers an id that cannot be one like an id that nobody has', async () => {
    const get = (id: string) => shop.http.get(`/api/v1/orders/${id}`).set({ authorization });

    const malformed = await get('17').expect(404);
    const unknown = await get(newId()).expect(404);

    expect(malformed.body.type).toBe(unknown.body.type);
  });
});

describe('Every answer', () => {
  it('carries the headers that protect a browser', async () => {
    const { headers } = await shop.http.get('/health/live').expect(200);

    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('carries the id of its request, or a new one', async () => {
    const named = await shop.http.get('/health/live').set('x-request-id', 'trace-1');
    const unnamed = await shop.http.get('/health/live');
    const suspicious = await shop.http.get('/health/live').set('x-request-id', '"><script>');

    expect(named.headers['x-request-id']).toBe('trace-1');
    expect(unnamed.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    expect(suspicious.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('Too many requests', () => {
  it('are refused by address, with the time to wait; health is always told', async () => {
    const limited = await startApplication({ environment: { RATE_LIMIT: '2' } });
    await limited.http.get('/api/v1/products').expect(200);
    await limited.http.get('/api/v1/me').expect(401);

    const { body, headers, type } = await limited.http.get('/api/v1/products').expect(429);

    expect(type).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:problem:rate-limited', status: 429 });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await limited.http.get('/health/ready').expect(200);
    await limited.close();
  });

  it('are counted by the address that a trusted proxy tells', async () => {
    const behindProxy = await startApplication({
      environment: { RATE_LIMIT: '1', TRUST_PROXY: '1' },
    });
    const from = (address: string) =>
      behindProxy.http.get('/api/v1/products').set('x-forwarded-for', address);

    await from('192.0.2.1').expect(200);
    await from('192.0.2.2').expect(200);
    await from('203.0.113.7, 192.0.2.1').expect(429);
    await behindProxy.close();
  });
});

describe('The description of the API', () => {
  it('is valid OpenAPI', async () => {
    const { body } = await shop.http.get('/openapi.json').expect(200);

    const { errors, valid } = await new Validator().validate(body);

    expect({ errors, valid }).toEqual({ errors: undefined, valid: true });
  });

  it('lists every route', async () => {
    const { body } = await shop.http.get('/openapi.json').expect(200);

    expect(operationsOf(body).map(({ name }) => name)).toEqual([
      'delete /api/v1/sessions',
      'delete /api/v1/sessions/current',
      'delete /api/v1/sessions/{id}',
      'get /api/v1/me',
      'get /api/v1/orders',
      'get /api/v1/orders/{id}',
      'get /api/v1/orders/{id}/events',
      'get /api/v1/orders/{id}/receipt',
      'get /api/v1/orders/{id}/receipt.pdf',
      'get /api/v1/products',
      'get /api/v1/sessions',
      'get /api/v1/staff/orders',
      'get /health/live',
      'get /health/ready',
      'patch /api/v1/me/profile',
      'post /api/v1/accounts',
      'post /api/v1/orders',
      'post /api/v1/orders/{id}/mark-paid',
      'post /api/v1/orders/{id}/pay',
      'post /api/v1/orders/{id}/receipt/mails',
      'post /api/v1/sessions',
      'post /api/v1/sessions/refresh',
      'put /api/v1/me/password',
    ]);
  });

  it('says of every route who may call it and how it fails', async () => {
    const { body } = await shop.http.get('/openapi.json').expect(200);

    const operations = operationsOf(body);
    const open = operations.filter(({ security }) => security.length === 0);

    expect(open.map(({ name }) => name)).toEqual([
      'get /api/v1/products',
      'get /health/live',
      'get /health/ready',
      'post /api/v1/accounts',
      'post /api/v1/sessions',
      'post /api/v1/sessions/refresh',
    ]);
    expect(operations.filter(({ responses }) => !responses.default)).toEqual([]);
  });

  it('can be tried out at /docs', async () => {
    const page = await shop.http.get('/docs').expect(200);

    expect(page.type).toBe('text/html');
    await shop.http.get('/docs/swagger-ui-bundle.js').expect(200);
  });
});

interface Operation {
  readonly name: string;
  readonly security: readonly object[];
  readonly responses: { readonly default?: object };
}

function operationsOf(document: {
  paths: Record<string, Record<string, Omit<Operation, 'name'>>>;
}): Operation[] {
  return Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        name: `${method} ${path}`,
      })),
    )
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
