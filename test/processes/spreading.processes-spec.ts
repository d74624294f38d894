import { createApplicationDatabase, type TestDatabase } from '../support/database.js';
import { Fleet } from './support/fleet.js';

const CUSTOMERS = 6;
const ORDERS = 6;
const EMAILS = Array.from({ length: CUSTOMERS }, (_, index) => `${index}@example.test`);

describe('Two processes that answer and two that work, on one database', () => {
  let database: TestDatabase;
  let fleet: Fleet;
  beforeAll(async () => {
    database = await createApplicationDatabase();
    fleet = await Fleet.start(database.url, { apis: 2, workers: 2 });
  });
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]();
    await database.drop();
  });

  it('mail everything once, and share the work', async () => {
    await Promise.all(EMAILS.map((email, index) => shopFor(email, index)));
    await fleet.mailServer.until(({ received }) => received.length >= CUSTOMERS * (ORDERS + 1));

    const subjects = EMAILS.map((email) => fleet.mailServer.to(email).map((mail) => mail.subject));
    expect(subjects.map((all) => new Set(all).size)).toEqual(EMAILS.map(() => ORDERS + 1));
    expect(subjects.flat()).toHaveLength(CUSTOMERS * (ORDERS + 1));
    const senders = new Set(fleet.mailServer.received.map(({ from }) => from));
    expect([...senders].toSorted()).toEqual(['worker-0@example.test', 'worker-1@example.test']);
  });

  it('finish what is under way when one is asked to stop, and leave the rest to the other', async () => {
    const [leaving] = fleet.workers;
    const before = fleet.mailServer.received.length;
    const customer = await fleet.customer('late@example.test');
    const orders = await Promise.all(Array.from({ length: ORDERS }, () => customer.order()));

    const paying = orders.map((order) => customer.pay(order).expect(200));
    await leaving?.stop();
    await Promise.all(paying);
    await fleet.mailServer.until(({ received }) => received.length > before + ORDERS);

    const subjects = fleet.mailServer.to('late@example.test').map(({ subject }) => subject);
    expect(subjects).toHaveLength(ORDERS + 1);
    expect(new Set(subjects).size).toBe(ORDERS + 1);
  });

  async function shopFor(email: string, index: number): Promise<void> {
    const customer = await fleet.customer(email, index);
    for (let ordered = 0; ordered < ORDERS; ordered += 1) {
      await customer.pay(await customer.order()).expect(200);
    }
  }
});
