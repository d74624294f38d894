import { request } from 'node:http';
import { withShop } from './support/with-shop.mjs';

/** What one request costs the application, beside its own size: the dearest that are accepted and refused. */
const ROUNDS = 9;
const EACH = 8;
const BODY_BYTES = 100_000;
const PRODUCT = '019b7600-0000-7000-8000-000000000001';

await withShop(measure);

async function measure(shop) {
  await shop.register();
  for (let order = 0; order < 100; order += 1) await shop.place();
  const requests = requestsOf(shop.authorization);
  const costs = new Map(requests.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const each of requests) costs.get(each.name).push(await costOf(shop, each));
  }
  const rows = requests.map(({ name }) => {
    const rounds = costs.get(name).slice(1); // in the first one, code is compiled
    const middle = rounds.toSorted((one, other) => one.usage - other.usage)[rounds.length >> 1];
    const longest = Math.min(...rounds.map(({ blocked }) => blocked));
    return { name, ...middle, blocked: longest, perKilobyte: (middle.usage / middle.sent) * 1_024 };
  });
  for (const isAccepted of [true, false]) {
    tell(
      isAccepted,
      rows.filter(({ status }) => status < 400 === isAccepted),
    );
  }
}

function requestsOf(authorization) {
  const json = (body) => ({
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const person = { email: 'bench@example.test', password: 'correct horse battery staple' };
  const text = (part, rest = '') => part.repeat((BODY_BYTES - 200) / part.length) + rest;
  const keys = (count) => Array.from({ length: count }, (_, index) => `"k${index}":"\\u0000"`);
  const get = { method: 'GET', headers: { authorization } };
  const sessions = '/api/v1/sessions';
  return [
    { name: 'health', path: '/health/live', ...get },
    { name: 'all products', path: '/api/v1/products?limit=100', ...get },
    { name: '100 orders', path: '/api/v1/orders?limit=100', ...get },
    { name: 'the description of the API', path: '/openapi.json', ...get },
    { name: 'the landing page', path: '/', ...get },
    {
      name: 'an order',
      path: '/api/v1/orders',
      ...json(`{"lines":[{"productId":"${PRODUCT}","quantity":1}]}`),
    },
    { name: 'signing in', path: sessions, ...json(person) },
    {
      name: 'a wrong password',
      path: sessions,
      ...json({ ...person, password: 'a guess, no more' }),
    },
    {
      name: 'no token',
      path: '/api/v1/orders',
      method: 'GET',
      headers: { authorization: 'Bearer x' },
    },
    { name: 'no such address', path: `/${'a/'.repeat(3_000)}`, ...get },
    { name: 'a registration twice', path: '/api/v1/accounts', ...json(person) },
    {
      name: 'an e-mail of plus signs',
      path: '/api/v1/accounts',
      ...json({ ...person, email: text('+') }),
    },
    {
      name: 'a password of one letter',
      path: '/api/v1/accounts',
      ...json({ ...person, password: text('a') }),
    },
    {
      name: 'as many unknown fields as are read',
      path: sessions,
      ...json(`{${keys(498).join(',')}}`),
    },
    { name: 'too many fields', path: sessions, ...json(`{${keys(6_000).join(',')}}`) },
    { name: 'too deep', path: sessions, ...json(text('[')) },
    {
      name: '50 lines of nothing',
      path: '/api/v1/orders',
      ...json({ lines: Array.from({ length: 50 }, Object) }),
    },
    { name: 'too large', path: sessions, ...json({ email: text('a', 'a'.repeat(4_000)) }) },
  ];
}

async function costOf(shop, asked) {
  await shop.ask('longest pause');
  const before = await shop.ask('usage');
  let answer;
  for (let time = 0; time < EACH; time += 1) answer = await send(shop.url, asked);
  const usage = ((await shop.ask('usage')) - before) / EACH / 1_000;
  return { ...answer, usage, blocked: await shop.ask('longest pause') };
}

function send(url, { path, method, headers, body = '' }) {
  return new Promise((resolve, reject) => {
    const length = body && { 'content-length': Buffer.byteLength(body) };
    const sending = request(
      url + path,
      { method, headers: { ...headers, ...length } },
      (response) => {
        let told = 0;
        response.on('data', (chunk) => (told += chunk.byteLength));
        response.on('end', () => {
          const sent = Buffer.byteLength(sending._header) + Buffer.byteLength(body);
          resolve({ status: response.statusCode, sent, told });
        });
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

function tell(isAccepted, rows) {
  console.log(`\n${isAccepted ? 'accepted' : 'refused'}, the dearest for its bytes first`);
  console.log(`  ${'request'.padEnd(36)}status     bytes    answer       ms   ms/KB   longest`);
  for (const row of rows.toSorted((one, other) => other.perKilobyte - one.perKilobyte)) {
    const { name, status, sent, told, usage, perKilobyte, blocked } = row;
    console.log(
      `  ${name.padEnd(36)}${String(status).padStart(6)}${String(sent).padStart(10)}${String(told).padStart(10)}` +
        `${usage.toFixed(2).padStart(9)}${perKilobyte.toFixed(2).padStart(8)}${blocked.toFixed(0).padStart(10)}`,
    );
  }
}
