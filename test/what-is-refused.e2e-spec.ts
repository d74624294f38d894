import { PROBLEM_CONTENT_TYPE } from '../apps/api/src/platform/index.js';
import type { Customer } from './support/customer.js';
import { sendRaw } from './support/raw-request.js';
import { openShop, PASSWORD, type Shop } from './support/shop.js';

let shop: Shop;
let url: string;
let customer: Customer;
beforeAll(async () => {
  shop = await openShop();
  url = await shop.app.getUrl();
  customer = await shop.customer();
});
afterAll(() => shop.close());

describe('What cannot be read as a request is refused with a problem', () => {
  const get = (path: string, ...headers: string[]) =>
    [`GET ${path} HTTP/1.1`, 'Host: shop.test', 'Connection: close', ...headers, '', ''].join(
      '\r\n',
    );

  it.each([
    ['an escape that is none, in the path', 400, get('/api/v1/orders/%zz')],
    ['an escape that is no UTF-8', 400, get('/api/v1/orders/%c3%28')],
    ['an escape that ends too early', 400, get('/%')],
    ['an address of no route, with such an escape', 400, get('/nowhere/%zz')],
    ['a parameter of 101 characters', 414, get(`/api/v1/orders/${'a'.repeat(101)}`)],
    ['an expectation that nobody meets', 417, get('/api/v1/products', 'Expect: a miracle')],
    ['headers of 20 KiB', 431, get('/api/v1/products', `X-Long: ${'a'.repeat(20_000)}`)],
    ['no host', 400, 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['what is no HTTP', 400, 'SSH-2.0-OpenSSH_9.9\r\n\r\n'],
    ['a header without a colon', 400, get('/health/live', 'nonsense')],
    ['two lengths', 400, get('/health/live', 'Content-Length: 1', 'Content-Length: 2')],
    ['a length that is none', 400, get('/health/live', 'Content-Length: many')],
    [
      'a length beside a transfer encoding',
      400,
      get('/health/live', 'Content-Length: 4', 'Transfer-Encoding: chunked'),
    ],
    [
      'a chunk whose size is none',
      400,
      'POST /api/v1/sessions HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\n' +
        'Transfer-Encoding: chunked\r\n\r\nzz\r\n',
    ],
  ])('%s', async (_, status, request) => {
    const answer = await sendRaw(url, request);

    expect({ ...answer, body: JSON.parse(answer.body) }).toMatchObject({
      status,
      headers: { 'content-type': expect.stringContaining(PROBLEM_CONTENT_TYPE) },
      body: {
        type: expect.stringMatching(/^urn:problem:[a-z-]+$/),
        title: expect.any(String),
        detail: expect.any(String),
        status,
        instance: `urn:request:${answer.headers['x-request-id']}`,
      },
    });
  });

  it.each([
    ['a head', 'GET /health/live HTTP/1.1\r\nHost: shop.test\r\n'],
    [
      'a body',
      'POST /api/v1/sessions HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\n' +
        'Content-Length: 100\r\n\r\n{"email":',
    ],
  ])('%s that takes too long to arrive', async (_, request) => {
    const hasty = await openShop();
    const server = hasty.app.getHttpServer();
    server.headersTimeout = server.requestTimeout = 1;

    const { status, body } = await sendRaw(await hasty.app.getUrl(), request);

    expect({ status, type: JSON.parse(body).type }).toEqual({
      status: 408,
      type: 'urn:problem:request-timeout',
    });
    await hasty.close();
  });

  it('is bounded in time by the server itself', () => {
    const { headersTimeout, requestTimeout, timeout } = shop.app.getHttpServer();

    expect(headersTimeout).toBeLessThanOrEqual(10_000);
    expect(requestTimeout).toBeLessThanOrEqual(30_000);
    expect(timeout).toBeLessThanOrEqual(60_000);
  });
});

describe('A body is refused before it is worked on', () => {
  const nested = (depth: number, inmost: string) =>
    `${'['.repeat(depth)}${inmost}${']'.repeat(depth)}`;
  const nuls = Array(8_000).fill('"\\u0000"').join(',');
  const unknown = Array.from({ length: 11_000 }, (_, index) => `"${index}":1`).join(',');

  it.each([
    ['3,000 lists in one another', `{"email":"a@example.test","password":${nested(3_000, '')}}`],
    ['3,000 objects in one another', `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`],
    ['8,000 texts deep in lists', `{"email":"a","password":${nested(2_000, nuls)}}`],
    ['11,000 fields', `{${unknown}}`],
    ['30,000 lines', `{"lines":[${Array(30_000).fill('{}').join(',')}]}`],
    ['a name of 90,000 characters', `{"${'a'.repeat(90_000)}":1}`],
  ])('%s', async (_, body) => {
    const answer = await shop.http.post('/api/v1/sessions').type('json').send(body).expect(413);

    expect(answer.body.type).toBe('urn:problem:body-too-complex');
  });

  it('and of what is wrong with one no more is told than a person mends at once', async () => {
    const lines = Array.from({ length: 400 }, () => 'none');

    const { body } = await customer.post('/orders', { lines }).expect(422);
    const fields = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [index, 1]));
    const { body: other } = await customer.post('/orders', fields).expect(422);

    expect(body.errors.length).toBeLessThanOrEqual(20);
    expect(other.errors).toHaveLength(20);
    expect(other.detail).toBe('401 fields are wrong; errors has the first 20.');
  });

  it('as is a query of more parameters than any address takes', async () => {
    const many = Array.from({ length: 1_500 }, (_, index) => `k${index}=`).join('&');

    const { body } = await shop.http.get(`/api/v1/products?${many}`).expect(422);

    expect(body.errors).toEqual([{ pointer: '', detail: 'must have at most 20 parameters' }]);
  });
});

describe('A body with a part of another shape is not valid', () => {
  const scalars = [null, 1, 'x', true, [], {}, [[]], [null], [{}], [[[]]]];

  it.each(scalars.map((part) => [JSON.stringify(part), part]))('%s', async (_, part) => {
    await customer.post('/orders', { lines: part as object }).expect(422);
    await customer.post('/orders', { lines: [part] }).expect(422);
    await customer.post('/orders', { lines: [{ productId: part, quantity: part }] }).expect(422);
    await shop.http
      .post('/api/v1/sessions')
      .send({ email: part, password: part })
      .expect(typeof part === 'string' ? 401 : 422);
  });

  it.each([
    ['the first half of a surrogate pair', '"a\\ud800b"'],
    ['the second half', '"\\udc00"'],
    ['halves in the wrong order', '"\\udc00\\ud800"'],
    ['U+0000', '"a\\u0000b"'],
  ])('a text with %s', async (_, text) => {
    const body = `{"email":"lone@example.test","password":"${PASSWORD}","displayName":${text}}`;
    const { body: problem } = await shop.http
      .post('/api/v1/accounts')
      .type('json')
      .send(body)
      .expect(422);

    expect(problem.errors).toEqual([{ pointer: '/displayName', detail: expect.any(String) }]);
  });

  it('unlike whole pairs', async () => {
    const { body } = await shop.http
      .post('/api/v1/accounts')
      .send({ email: 'whole@example.test', password: PASSWORD, displayName: '😀𝒜' })
      .expect(201);

    expect(body.profile.displayName).toBe('😀𝒜');
  });
});

describe('A request without a body', () => {
  it('may say that its body is JSON', async () => {
    const guest = await shop.customer();
    const end = await shop.http
      .delete('/api/v1/sessions/current')
      .auth(guest.token, { type: 'bearer' })
      .set('content-type', 'application/json');

    expect(end.status).toBe(204);
    await customer.post('/orders').type('json').expect(422);
  });
});
