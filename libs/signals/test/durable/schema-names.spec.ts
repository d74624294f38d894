import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineSignal } from 'nestjs-signals/core';
import { clearDeliveries, durableSignals, SchemaNameError } from 'nestjs-signals/durable';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');

describe("The schema of the library's tables", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDurableDatabase();
  });
  afterEach(() => database.drop());

  it.each(['Signals', 'order', 'my-app', '1 shop', 'ünï'])(
    'is the one that is named, whatever its spelling: %s',
    async (schema) => {
      const heard: string[] = [];
      await using process = await DurableProcess.start(database, {
        schema,
        connect: (signals) =>
          void signals.connect(paid, ({ order }) => void heard.push(order), {
            phase: 'durable',
            dispatchUid: 'hear',
          }),
      });

      await until(() => process.durable.health().isListening);
      await atomic(process.dataSource, () => process.signals.send(paid, { order: 'o-1' }));
      await process.settled();

      const tables = await process.dataSource.query<{ where: string }[]>(
        `SELECT DISTINCT schemaname AS where FROM pg_tables WHERE tablename IN ('job', 'effect')`,
      );
      expect({ heard, tables }).toEqual({ heard: ['o-1'], tables: [{ where: schema }] });
      await clearDeliveries(process.dataSource, { schema });
      expect(await durableSignals({ schema }).addressees(process.dataSource)).toEqual([]);
    },
  );

  it.each(['', '"quoted"', "o'clock", 'a.b', '$$', '50%', 'a\\b', 'a\u0000', 'x'.repeat(51)])(
    'is refused where there can be none of that name, before anything is made: %j',
    async (schema) => {
      expect(() => durableSignals({ schema })).toThrow(SchemaNameError);
      await using process = await DurableProcess.start(database, { workers: false });
      await expect(clearDeliveries(process.dataSource, { schema })).rejects.toThrow(
        SchemaNameError,
      );
    },
  );
});
