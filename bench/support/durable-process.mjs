import { DataSource, EntitySchema } from 'typeorm';
import { defineSignal, Signals } from '../../libs/signals/dist/core/index.js';
import { durableSignals } from '../../libs/signals/dist/durable/index.js';
import { atomic, typeOrmSignals } from '../../libs/signals/dist/typeorm/index.js';

class Receipt {}
const entities = [
  new EntitySchema({
    name: 'Receipt',
    target: Receipt,
    tableName: 'receipts',
    columns: {
      id: { type: 'bigint', primary: true, generated: true },
      order_id: { type: 'int' },
    },
  }),
];

export const paid = defineSignal('orders.paid');

/** The statements by which an order is paid, each with its id. */
export const PAYING = [
  'SELECT paid FROM orders WHERE id = $1 FOR UPDATE',
  'UPDATE orders SET paid = paid + 1 WHERE id = $1',
  'INSERT INTO payments (order_id) VALUES ($1)',
];

/** The tables of the measurements, with an order for each client. */
export async function orders(dataSource, clients) {
  await dataSource.query('CREATE TABLE orders (id int PRIMARY KEY, paid int NOT NULL DEFAULT 0)');
  await dataSource.query('INSERT INTO orders SELECT generate_series(0, $1 - 1)', [clients]);
  await dataSource.query('CREATE TABLE payments (id bigserial PRIMARY KEY, order_id int NOT NULL)');
  await dataSource.query('CREATE TABLE receipts (id bigserial PRIMARY KEY, order_id int NOT NULL)');
}

/** What a process of an application has, with receivers that write one row each. */
export async function durableProcess(
  url,
  { schema, receivers = [], workers = true, work = true, onHeard = () => {} },
) {
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    entities,
    poolSize: 24,
  }).initialize();
  const signals = new Signals();
  const host = { signals, onError: console.error, resolve: () => undefined };
  const typeorm = typeOrmSignals({ dataSources: { default: dataSource } }).attach(host);
  const durable = durableSignals({ dataSource, schema, workers }).attach(host);
  let heard = 0;
  let wake = () => {};
  for (const { dispatchUid, ...options } of receivers) {
    signals.connect(
      paid,
      async ({ id }, { manager }) => {
        onHeard(id);
        await manager.insert(Receipt, { order_id: id });
        heard += 1;
        wake();
      },
      { ...options, dispatchUid, phase: 'durable' },
    );
  }
  await durable.start();
  if (work) await durable.ready();
  return {
    dataSource,
    signals,
    durable,
    /** Pays the order of a client, and does more in the same transaction. */
    pay: (client, also) =>
      atomic(dataSource, async (manager) => {
        for (const statement of PAYING) await manager.query(statement, [client]);
        await also(manager);
      }),
    /** The same in one statement. */
    touch: (client, also) =>
      atomic(dataSource, async (manager) => {
        await manager.query('UPDATE orders SET paid = paid + 1 WHERE id = $1', [client]);
        await also(manager);
      }),
    /** Waits until so many deliveries have been heard. */
    heard: (count) =>
      new Promise((resolve) => {
        wake = () => heard >= count && resolve();
        wake();
      }),
    async stop() {
      await durable.stop(2_000);
      for (const session of [durable, typeorm]) session[Symbol.dispose]();
      await dataSource.destroy();
    },
  };
}
