import { setTimeout } from 'node:timers/promises';
import type { ReceivedMail } from '../support/mail-server.js';
import { Fleet } from './support/fleet.js';
import { Killer } from './support/killer.js';
import { Load } from './support/load.js';
import { OwnPostgres } from './support/own-postgres.js';

const PAYMENTS = Number(process.env.PAYMENTS ?? 1_000);
const LOOK_MS = 250;

interface Receipt {
  readonly number: string;
  readonly order_id: string;
}

describe(`${PAYMENTS} payments, while a process is killed every second, and PostgreSQL twice`, () => {
  let postgres: OwnPostgres;
  let fleet: Fleet | undefined;
  let load: Load;

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    const started = await Fleet.start(postgres.url, { apis: 1, workers: 2 });
    fleet = started;
    load = new Load(await started.customer('ada@example.test'), PAYMENTS);
    const killer = new Killer([...started.apis, ...started.workers]);
    killer.start();
    const paying = load.run();
    for (const part of [1 / 3, 2 / 3]) {
      await until(() => load.acknowledged.length >= part * PAYMENTS);
      await postgres.kill();
      await postgres.restart();
    }
    await paying;
    await killer.stop();
    await until(async () => (await outstanding()) === 0);
    report(killer.kills);
  });
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  it('leave exactly one receipt for each payment that was acknowledged', async () => {
    const receipts = await postgres.query<Receipt>('SELECT number, order_id FROM receipts');

    const receipted = receipts.map(({ order_id }) => order_id);
    expect(new Set(receipted).size).toBe(receipted.length);
    expect(load.acknowledged.filter((order) => !receipted.includes(order))).toEqual([]);
  });

  it('leave nothing half done: who paid has a receipt, and who has a receipt paid', async () => {
    const halfDone = await postgres.query(
      `SELECT o.id, o.status, r.number, p.status AS payment
       FROM orders o
       LEFT JOIN receipts r ON r.order_id = o.id
       LEFT JOIN payments p ON p.order_id = o.id AND p.status = 'succeeded'
       WHERE (o.status = 'paid') <> (r.id IS NOT NULL) OR (o.status = 'paid') <> (p.id IS NOT NULL)`,
    );

    expect(halfDone).toEqual([]);
  });

  it('mail each receipt, and repeat a mail only under its own Message-ID', async () => {
    const receipts = await postgres.query<Receipt>('SELECT number, order_id FROM receipts');
    const mails = mailsByReceipt();

    expect(receipts.filter(({ number }) => !mails.has(number))).toEqual([]);
    for (const sent of mails.values()) {
      expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1);
    }
  });

  it('leave no dead letter, and no receipt that does not know it was mailed', async () => {
    const dead = await postgres.query(`SELECT * FROM signals.job WHERE name = 'dead-letters'`);
    const unmailed = await postgres.query('SELECT number FROM receipts WHERE mailed_at IS NULL');

    expect(dead).toEqual([]);
    expect(unmailed).toEqual([]);
  });

  function mailsByReceipt(): ReadonlyMap<string, readonly ReceivedMail[]> {
    const mails = new Map<string, ReceivedMail[]>();
    for (const mail of fleet?.mailServer.received ?? []) {
      const [, number] = /^Receipt (\S+)/.exec(mail.subject) ?? [];
      if (number) mails.set(number, [...(mails.get(number) ?? []), mail]);
    }
    return mails;
  }

  async function outstanding(): Promise<number> {
    const [row] = await postgres.query<{ count: string }>(
      `SELECT count(*) FROM signals.job
       WHERE state < 'completed' AND (name LIKE 'notifications.%' OR name LIKE 'billing.%')`,
    );
    return Number(row?.count);
  }

  function report(kills: number): void {
    const sent = [...mailsByReceipt().values()];
    const repeated = sent.reduce((sum, { length }) => sum + length - 1, 0);
    process.stdout.write(
      `${load.acknowledged.length} payments acknowledged, ${load.failures} requests failed, ` +
        `${kills} processes killed, ${sent.length} receipts mailed, ${repeated} mails repeated\n`,
    );
  }
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(LOOK_MS);
}
