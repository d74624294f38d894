import type { Logger } from 'typeorm';
import type { Customer } from './support/customer.js';
import { EventStream } from './support/event-stream.js';
import { openShop, type Shop } from './support/shop.js';

const MOST_STREAMS = 10;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('An event stream ends with its session', () => {
  const ways: [string, (customer: Customer) => Promise<unknown>][] = [
    ['signed out', (customer) => remove(customer, '/sessions/current')],
    ['signed out everywhere', (customer) => remove(customer, '/sessions')],
    ['ended on another device', (customer) => endElsewhere(customer)],
    [
      'expired',
      (customer) =>
        shop.dataSource.query(
          `UPDATE sessions SET expires_at = now() FROM users
           WHERE users.id = sessions.user_id AND users.email = $1`,
          [customer.email],
        ),
    ],
  ];

  it.each(ways)('that was %s', async (_, end) => {
    const customer = await shop.customer();
    await using events = await watch(customer, await customer.order());
    await events.next();

    await end(customer);

    expect(await events.next()).toBeUndefined();
  });

  it('and not with another one of the same user', async () => {
    const customer = await shop.customer();
    const order = await customer.order();
    const elsewhere = await shop.again(customer);
    await using ending = await watch(elsewhere, order);
    await using staying = await watch(customer, order);
    await Promise.all([ending.next(), staying.next()]);

    await remove(elsewhere, '/sessions/current');
    await ending.next();
    await customer.pay(order).expect(200);

    expect(await staying.next()).toMatchObject({ type: 'paid' });
  });
});

describe('Many event streams', () => {
  it('ask the database together: as often as one', async () => {
    const customer = await shop.customer();
    const orders = await Promise.all(Array.from({ length: MOST_STREAMS }, () => customer.order()));
    await using streams = await Streams.open(customer, orders);
    await streams.next();
    using statements = new Statements();

    // As another process does, of which this one hears nothing.
    await shop.dataSource.query(
      `UPDATE orders SET status = 'cancelled', cancelled_at = now() WHERE id = ANY ($1)`,
      [orders.map(({ id }) => id)],
    );
    const events = await streams.next();

    expect(events.map((event) => event?.type)).toEqual(orders.map(() => 'cancelled'));
    const looks = statements.matching(/FROM "sessions" .* IN \(/).length;
    expect(statements.matching(/FROM "orders" .* IN \(/)).toHaveLength(looks);
    expect(statements.matching(/FROM "receipts" .* IN \(/)).toHaveLength(looks);
    expect(looks).toBeLessThan(MOST_STREAMS);
  });

  it('of one user are refused; where one is closed, one may open', async () => {
    const customer = await shop.customer();
    const order = await customer.order();
    const stranger = await shop.customer();
    await using streams = await Streams.open(customer, Array(MOST_STREAMS).fill(order));
    await streams.next();

    const { body, headers } = await customer.get(`/orders/${order.id}/events`).expect(429);

    expect(body.type).toBe('urn:problem:too-many-streams');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await using _ = await watch(stranger, await stranger.order());
    await streams.closeOne();
    await using reopened = await untilOpen(() => watch(customer, order));
    expect(await reopened.next()).toMatchObject({ type: 'state' });
  });
});

async function watch({ token }: Customer, { id }: { readonly id: string }): Promise<EventStream> {
  return EventStream.open(`${await shop.app.getUrl()}/api/v1/orders/${id}/events`, token);
}

/** The server learns a moment later that a client has gone. */
async function untilOpen(open: () => Promise<EventStream>): Promise<EventStream> {
  for (;;) {
    const stream = await open().catch(() => undefined);
    if (stream) return stream;
  }
}

function remove({ token }: Customer, path: string) {
  return shop.http.delete(`/api/v1${path}`).auth(token, { type: 'bearer' }).expect(204);
}

async function endElsewhere(customer: Customer): Promise<void> {
  const elsewhere = await shop.again(customer);
  const { body } = await elsewhere.get('/sessions').expect(200);
  const other = body.items.find(({ isCurrent }: { readonly isCurrent: boolean }) => !isCurrent);
  await remove(elsewhere, `/sessions/${other.id}`);
}

class Streams implements AsyncDisposable {
  private constructor(private readonly streams: EventStream[]) {}

  static async open(
    customer: Customer,
    orders: readonly { readonly id: string }[],
  ): Promise<Streams> {
    return new Streams(await Promise.all(orders.map((order) => watch(customer, order))));
  }

  next() {
    return Promise.all(this.streams.map((stream) => stream.next()));
  }

  async closeOne(): Promise<void> {
    await this.streams.pop()?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream[Symbol.asyncDispose]()));
  }
}

/** What the application asks the database for, from now on. */
class Statements implements Disposable {
  private readonly asked: string[] = [];
  private readonly before: Logger = shop.dataSource.logger;

  constructor() {
    const logger: Logger = Object.create(this.before);
    logger.logQuery = (query) => void this.asked.push(query);
    shop.dataSource.logger = logger;
  }

  matching(pattern: RegExp): readonly string[] {
    return this.asked.filter((statement) => pattern.test(statement));
  }

  [Symbol.dispose](): void {
    shop.dataSource.logger = this.before;
  }
}
