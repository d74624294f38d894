import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { defineSignal, type Signals } from 'nestjs-signals/core';
import { atomic } from 'nestjs-signals/typeorm';
import type { TestDatabase } from '../../../../test/support/database.js';
import { LogLine } from '../support/entities.js';
import { createDurableDatabase, DurableProcess } from './durable-process.js';
import { until } from './until.js';

const paid = defineSignal<{ readonly order: string }>('orders.paid');
const PATIENT = 120_000;

describe('A worker behind a network', () => {
  let database: TestDatabase;
  let network: Network;
  let running: DurableProcess;
  const connect = (signals: Signals) =>
    void signals.connect(
      paid,
      ({ order }, { manager }) => manager.insert(LogLine, { text: order }),
      {
        phase: 'durable',
        dispatchUid: 'billing.issue',
      },
    );
  const pay = (order: string) =>
    atomic(running.dataSource, () => running.signals.send(paid, { order }));

  beforeAll(async () => {
    database = await createDurableDatabase();
    network = await Network.before(database.url);
  });
  afterEach(async () => {
    await running.dataSource.manager.clear(LogLine);
    await running.stop();
  });
  afterAll(async () => {
    await network.close();
    await database.drop();
  });
  const start = async () => {
    running = await DurableProcess.start({ ...database, url: network.url }, { connect });
    await until(() => running.durable.health().isListening);
  };

  it(
    'whose server goes away and comes back goes on by itself',
    async () => {
      await start();

      network.goDown();
      await until(() => !running.durable.health().isListening);
      await expect(pay('down')).rejects.toThrow(/ECONN|terminated|closed/);
      network.comeBack();
      await until(() => running.durable.health().isListening);
      await pay('up');
      await running.settled();

      expect(await running.lines()).toEqual(['up']);
    },
    PATIENT,
  );

  it(
    'whose listening connection is silently cut finds work by itself, and listens again',
    async () => {
      await start();

      network.silence((text) => text.includes('LISTEN'));
      await pay('unheard');
      await running.settled();

      expect(await running.lines()).toEqual(['unheard']);
      await until(() => !running.durable.health().isListening);
      await until(() => running.durable.health().isListening);
    },
    PATIENT,
  );
});

/** Stands between a process and its server, and can fail as networks do. */
class Network {
  readonly #pairs = new Set<{ near: Socket; far: Socket; said: string; isSilent: boolean }>();
  #isDown = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(url: string): Promise<Network> {
    const { hostname, port } = new URL(url);
    const server = createServer((near) => network.#join(near, Number(port), hostname));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const behind = new URL(url);
    behind.port = String((server.address() as AddressInfo).port);
    const network = new Network(server, behind.href);
    return network;
  }

  goDown(): void {
    this.#isDown = true;
    for (const { near, far } of this.#pairs) for (const end of [near, far]) end.destroy();
  }

  comeBack(): void {
    this.#isDown = false;
  }

  /** Nothing passes any more on connections on which something was said, and nobody is told. */
  silence(wasSaid: (text: string) => boolean): void {
    for (const pair of this.#pairs) if (wasSaid(pair.said)) pair.isSilent = true;
  }

  async close(): Promise<void> {
    this.goDown();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(near: Socket, port: number, host: string): void {
    if (this.#isDown) return void near.destroy();
    const far = dial(port, host);
    const pair = { near, far, said: '', isSilent: false };
    this.#pairs.add(pair);
    near.on('data', (chunk) => {
      pair.said += chunk.toString('latin1');
      if (!pair.isSilent) far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (!pair.isSilent) near.write(chunk);
    });
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      end.on('error', () => other.destroy());
      end.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  }
}
