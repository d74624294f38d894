import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '../../../../test/support/database.js';
import { WakeUps } from '../../src/durable/outbox/wake-ups.js';
import { DedicatedConnection } from '../../src/durable/engine/dedicated-connection.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

describe('Hints to many receivers at once', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDurableDatabase();
  });
  afterAll(() => database.drop());

  it.each([
    [60, 150],
    [3, 7_900],
    [2, 3_949],
  ])('all arrive: %i names of %i characters', async (count, length) => {
    const names = Array.from({ length: count }, (_, at) => `${count}.${at}.`.padEnd(length, 'x'));
    await using process = await DurableProcess.start(database, { workers: false });
    const listening = new DedicatedConnection(process.dataSource);
    const heard: string[] = [];
    listening.onNotification((payload) => heard.push(...(payload?.split(',') ?? [])));
    await listening.open();
    await listening.query('LISTEN "signals_hint"');

    const hints = new WakeUps(process.dataSource, 'signals', (error) => heard.push(String(error)));
    hints.give(names);
    await until(() => heard.length >= count);
    hints.close();
    await listening.close();

    expect(heard.toSorted()).toEqual(names.toSorted());
  });
});
