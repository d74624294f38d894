import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { createDurableDatabase, DurableProcess } from '../durable/durable-process.js';
import type { Broker } from './broker.js';
import { CRASHING } from './crashing.js';
import { NatsBroker } from './nats-broker.js';
import { RedisBroker } from './redis-broker.js';

const WORKER = fileURLToPath(new URL('relaying-process.ts', import.meta.url));
const LOADER = new URL('../support/run-typescript.mjs', import.meta.url).href;

const paid = defineSignal<{ readonly order: string }>(CRASHING.signal);

describe.each([
  ['BullMQ on Redis', 'redis', () => RedisBroker.start()],
  ['NATS JetStream', 'nats', () => NatsBroker.start()],
])('A process that dies once %s has the message', (_, protocol, startBroker) => {
  let database: TestDatabase;
  let broker: Broker;

  beforeAll(async () => {
    database = await createDurableDatabase();
    broker = await startBroker();
  });
  afterAll(async () => {
    await broker.stop();
    await database.drop();
  });

  it('leaves the delivery to another one, whose message is known by its id', async () => {
    const attempts: number[] = [];
    const connect = (signals: Signals): void => {
      signals.connect(
        paid,
        (payload, context) => {
          attempts.push(context.attempt);
          return broker.relay(payload, context);
        },
        CRASHING.receiver,
      );
    };
    await using sending = await DurableProcess.start(database, { workers: false, connect });
    const args = [database.url, protocol, broker.address];
    const worker = fork(WORKER, args, { execArgv: ['--import', LOADER] });
    const ended = once(worker, 'exit');

    await atomic(sending.dataSource, () => sending.signals.send(paid, { order: 'o-1' }));
    await Promise.race([once(worker, 'message'), ended]);
    worker.kill('SIGKILL');
    await ended;
    await using takingOver = await DurableProcess.start(database, { connect });
    await takingOver.settled();

    expect(attempts).toEqual([2]);
    expect((await broker.messages()).map(({ payload }) => payload)).toEqual([{ order: 'o-1' }]);
  }, 60_000);
});
