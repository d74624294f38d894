import { request as send } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import type { Customer } from '../support/customer.js';
import { openShop, type Shop } from '../support/shop.js';
import { readDescription, requestsTo, type FuzzedRequest, type OpenApi } from './requests.js';

/** `npm run test:fuzz` sends more, and watches the event loop. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 2_000);
const isWatched = process.env['FUZZ_REQUESTS'] !== undefined;
const LONGEST_MS = 100;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** In milliseconds. */
  readonly took: number;
  /** For how long nobody else had a turn, at most; in milliseconds. */
  readonly blocked: number;
}

let shop: Shop;
let url: URL;
let document: OpenApi;
let people: readonly Customer[];
let ids: string[];
beforeAll(async () => {
  shop = await openShop();
  url = new URL(await shop.app.getUrl());
  document = readDescription();
  people = [await shop.customer(), await shop.staff()];
  const [customer] = people;
  if (!customer) throw new Error('Nobody came.');
  const products = await customer.products();
  const orders = [await customer.order(), await customer.order()];
  await customer.pay({ ...orders[0]! }).expect(200);
  ids = [...products.map(({ id }) => id), ...orders.map(({ id }) => id)];
});
afterAll(() => shop.close());

it(
  `Any of ${REQUESTS} requests is done, or refused with a problem that is described, and leaves nothing then`,
  async () => {
    const known = { ids, tokens: people.map(({ token }) => token) };
    const before = await rows();
    const done = { accounts: 0, orders: new Set<string>(), receipts: 0 };
    const slow: string[] = [];
    const wrong = new Set<string>();
    const costly: Cost[] = [];
    for (const request of fc.sample(requestsTo(document, known), REQUESTS)) {
      const answer = await ask(request);
      const fault = faultOf(request, answer);
      if (fault !== undefined) wrong.add(fault);
      if (answer.status === 201) note(request, answer);
      if (answer.blocked > LONGEST_MS) slow.push(...(await stillBlocks(request)));
      costly.push(costOf(request, answer));
    }
    if (isWatched) tellCostliest(costly);

    expect([...wrong]).toEqual([]);

    expect(slow).toEqual([]);
    const after = await rows();
    expect(after.users - before.users).toBe(done.accounts);
    expect(after.profiles - before.profiles).toBe(done.accounts);
    expect(after.orders - before.orders).toBe(done.orders.size);
    expect(after.unpaid_receipts + after.unsaid_orders).toBe(0);

    function note({ operation }: FuzzedRequest, { text }: Answer): void {
      if (operation === 'post /api/v1/accounts') done.accounts += 1;
      if (operation === 'post /api/v1/orders') done.orders.add(JSON.parse(text).id);
    }
  },
  REQUESTS * 1_000,
);

/** What is wrong with an answer: in few words, so that a kind of fault is told once. */
function faultOf(request: FuzzedRequest, answer: Answer): string | undefined {
  const { status, type, text } = answer;
  const sent = `${request.method} ${request.path} ${request.body ?? ''}`.slice(0, 300);
  if (status < 400) return undefined;
  if (status >= 500) return `a fault of ours: ${sent} → ${status} ${text.slice(0, 200)}`;
  if (!type.startsWith('application/problem+json')) return `no problem but ${type}: ${sent}`;
  if (text.length > 20_000) return `a refusal of ${text.length} bytes: ${sent}`;
  const problem: Readonly<Record<string, unknown>> = JSON.parse(text);
  if (problem['status'] !== status || !problem['title'] || !problem['detail']) {
    return `an incomplete problem: ${text.slice(0, 200)}`;
  }
  const code = String(problem['type']).replace('urn:problem:', '');
  if (code === 'route-not-found') return undefined; // what is in the path made another address of it
  const [method = '', path = ''] = request.operation.split(' ');
  const described = document.paths[path]?.[method]?.responses[status]?.description ?? '';
  return described.includes(`\`${code}\``)
    ? undefined
    : `${request.operation} does not describe ${status} ${code}`;
}

interface Cost {
  readonly told: string;
  readonly isRefused: boolean;
  readonly perKilobyte: number;
}

function costOf({ method, path, headers, body = '' }: FuzzedRequest, answer: Answer): Cost {
  const bytes = Buffer.byteLength(method + path + JSON.stringify(headers) + body);
  return {
    told: `${answer.took.toFixed(1)} ms for ${bytes} bytes: ${method} ${path} → ${answer.status}`,
    isRefused: answer.status >= 400,
    perKilobyte: (answer.took / bytes) * 1_024,
  };
}

function tellCostliest(costs: readonly Cost[]): void {
  const dearest = costs.toSorted((one, other) => other.perKilobyte - one.perKilobyte);
  for (const isRefused of [true, false]) {
    const lines = dearest.filter((cost) => cost.isRefused === isRefused).slice(0, 5);
    console.log(
      [`The costliest ${isRefused ? 'refused' : 'accepted'} by their bytes:`]
        .concat(lines.map(({ told }) => told.slice(0, 160)))
        .join('\n'),
    );
  }
}

/** What keeps the event loop to itself does so each time; a neighbour on the machine does not. */
async function stillBlocks(request: FuzzedRequest): Promise<readonly string[]> {
  const again = [await ask(request), await ask(request), await ask(request)];
  const least = Math.min(...again.map(({ blocked }) => blocked));
  return least > LONGEST_MS ? [`${least} ms: ${JSON.stringify(request).slice(0, 300)}`] : [];
}

async function ask({ method, path, headers, body }: FuzzedRequest): Promise<Answer> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  if (isWatched) delay.enable();
  const began = performance.now();
  const answer = await new Promise<Omit<Answer, 'blocked' | 'took'>>((resolve, reject) => {
    const { hostname, port } = url;
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const asked = send({ hostname, port, method, path, headers: { ...headers, ...length } });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const { statusCode: status = 0 } = response;
      const type = response.headers['content-type'] ?? '';
      if (type.startsWith('text/event-stream')) {
        asked.destroy();
        resolve({ status, type, text: '' });
        return;
      }
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status, type, text: Buffer.concat(chunks).toString() }));
    });
    asked.end(body);
  });
  delay.disable();
  return { ...answer, took: performance.now() - began, blocked: delay.max / 1e6 };
}

async function rows(): Promise<
  Record<'users' | 'profiles' | 'orders' | 'unpaid_receipts' | 'unsaid_orders', number>
> {
  const [counts] = await shop.dataSource.query(`
    SELECT
      (SELECT count(*)::int FROM users) AS users,
      (SELECT count(*)::int FROM profiles) AS profiles,
      (SELECT count(*)::int FROM orders) AS orders,
      (SELECT count(*)::int FROM receipts JOIN orders ON orders.id = order_id
        WHERE status <> 'paid') AS unpaid_receipts,
      (SELECT count(*)::int FROM orders
        WHERE NOT EXISTS (SELECT FROM order_lines WHERE order_id = orders.id)) AS unsaid_orders`);
  return counts;
}
