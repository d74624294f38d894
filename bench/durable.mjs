import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { throwAwayPostgres } from '../scripts/embedded-postgres/index.mjs';
import { durableProcess, orders, paid, PAYING } from './support/durable-process.mjs';
import { sideBySide } from './support/side-by-side.mjs';
import { startLatency } from './support/start-latency.mjs';

const CLIENTS = 16;
const DRAINED = 1_500;
// What a server for production has, for commits have to cost what they cost there.
const SAFE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

const server = await throwAwayPostgres({ settings: { ...SAFE, autovacuum_naptime: '15s' } });
try {
  await measureOrders();
  await measureDrain();
  await startLatency(server.url);
} finally {
  await server.stop();
}

/** An order is locked, marked as paid, and its payment written down, in one transaction; who is told of it, and how. */
async function measureOrders() {
  const plain = await durableProcess(server.url, { schema: 'plain', workers: false });
  const told = await durableProcess(server.url, {
    schema: 'told',
    workers: false,
    receivers: [{ dispatchUid: 'receipt' }],
  });
  const three = await durableProcess(server.url, {
    schema: 'three',
    workers: false,
    receivers: [{ dispatchUid: 'receipt' }, { dispatchUid: 'mail' }, { dispatchUid: 'ship' }],
  });
  await orders(plain.dataSource, CLIENTS);
  const pool = new pg.Pool({ connectionString: server.url, max: CLIENTS + 4 });
  await pool.query('CREATE TABLE outbox (id bigserial PRIMARY KEY, data jsonb NOT NULL)');
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema: 'raw',
  });
  boss.on('error', console.error);
  await boss.start();
  await boss.createQueue('receipt');

  const pay = (process) => (client) =>
    process.pay(client, (manager) => process.signals.send(paid, { id: client }, { manager }));
  const touch = (process) => (client) =>
    process.touch(client, (manager) => process.signals.send(paid, { id: client }, { manager }));
  const payRaw = (also) => async (client) => {
    const connection = await pool.connect();
    try {
      await connection.query('BEGIN');
      for (const statement of PAYING) await connection.query(statement, [client]);
      await also(connection, client);
      await connection.query('COMMIT');
    } finally {
      connection.release();
    }
  };
  await sideBySide(
    `an order is paid, ${CLIENTS} clients: transactions a second`,
    {
      'TypeORM, nobody is told': pay(plain),
      'TypeORM, one durable receiver': pay(told),
      'TypeORM, three durable receivers': pay(three),
      'TypeORM, a bare outbox INSERT': (client) =>
        plain.pay(client, (manager) =>
          manager.query('INSERT INTO outbox (data) VALUES ($1)', [{ id: client }]),
        ),
      'pg, pg-boss as it comes': payRaw((connection, client) =>
        boss.insert('receipt', [{ data: { id: client } }], {
          db: { executeSql: (text, values) => connection.query(text, values) },
        }),
      ),
      'pg, a bare outbox INSERT': payRaw((connection, client) =>
        connection.query('INSERT INTO outbox (data) VALUES ($1)', [{ id: client }]),
      ),
    },
    { clients: CLIENTS, reference: 'TypeORM, nobody is told' },
  );
  await sideBySide(
    `the smallest transaction, one UPDATE, ${CLIENTS} clients: transactions a second`,
    {
      'TypeORM, nobody is told': touch(plain),
      'TypeORM, one durable receiver': touch(told),
    },
    { clients: CLIENTS, reference: 'TypeORM, nobody is told' },
  );
  await boss.stop({ graceful: false });
  await pool.end();
  for (const process of [plain, told, three]) await process.stop();
}

/** Trivial receivers that insert a row each, until nothing is left. */
async function measureDrain() {
  console.log(`\ndraining ${DRAINED} deliveries, 8 at a time: deliveries a second, median of 3`);
  const contenders = {
    'pg-boss, transactional, batch 1': (index) => drainRaw(`raw${index}`, 1),
    'database receiver, batch 1': (index) => drainDurable(`one${index}`, 1),
    'database receiver, batch 20': (index) => drainDurable(`many${index}`, 20),
  };
  const figures = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < 3; round += 1) {
    for (const [name, drain] of Object.entries(contenders)) figures[name].push(await drain(round));
  }
  const [reference] = Object.values(figures).map(median);
  for (const [name, values] of Object.entries(figures)) {
    const rate = median(values);
    console.log(
      `  ${name.padEnd(34)} ${rate.toFixed(0).padStart(8)}   ${(rate / reference).toFixed(2)} ×`,
    );
  }
}

async function drainDurable(schema, batch) {
  const process = await durableProcess(server.url, {
    schema,
    receivers: [{ dispatchUid: 'receipt', batch, concurrency: 8 }],
    work: false,
  });
  await process.dataSource.transaction(async (manager) => {
    for (let id = 0; id < DRAINED; id += 1) {
      await process.signals.send(paid, { id }, { manager });
    }
  });
  await process.dataSource.query(`ANALYZE "${schema}".job`);
  const start = performance.now();
  await process.durable.ready();
  await process.heard(DRAINED);
  const rate = (DRAINED * 1_000) / (performance.now() - start);
  await process.stop();
  return rate;
}

async function drainRaw(schema, batchSize) {
  const boss = new PgBoss({ connectionString: server.url, schema, max: 20, schedule: false });
  boss.on('error', console.error);
  await boss.start();
  await boss.createQueue('receipt');
  await boss.insert(
    'receipt',
    Array.from({ length: DRAINED }, (_, id) => ({ data: { id } })),
  );
  await boss.getDb().executeSql(`ANALYZE "${schema}".job`);
  let left = DRAINED;
  const start = performance.now();
  const done = Promise.withResolvers();
  const take = async (jobs, tx) => {
    for (const { data } of jobs) {
      await tx.executeSql('INSERT INTO receipts (order_id) VALUES ($1)', [data.id]);
    }
    left -= jobs.length;
    if (left === 0) done.resolve();
  };
  for (let worker = 0; worker < 8; worker += 1) {
    // As the library does: where something was, more may be.
    const id = await boss.work('receipt', { transactional: true, batchSize }, (jobs, tx) => {
      boss.notifyWorker(id);
      return take(jobs, tx);
    });
  }
  await done.promise;
  const rate = (DRAINED * 1_000) / (performance.now() - start);
  await boss.stop({ graceful: false });
  return rate;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
