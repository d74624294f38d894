import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { DurableReceiverFunction } from 'nestjs-signals/core';
import type { RelayMessage } from 'nestjs-signals/integration';
import { bullmqRelay } from 'nestjs-signals/bullmq';
import { serverCommand, type Broker } from './broker.js';
import { ServerProcess } from './server-process.js';

/** A Redis on a socket in a folder of its own, with a queue. */
export class RedisBroker implements Broker {
  readonly connection: Redis;
  readonly queue: Queue<RelayMessage>;
  readonly relay;

  private constructor(
    readonly address: string,
    private readonly folder: string,
    private server: ServerProcess,
  ) {
    this.connection = connectRedis(address);
    this.queue = openQueue(this.connection);
    this.relay = bullmqRelay(this.queue);
  }

  static async start(): Promise<RedisBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const server = await startServer(folder);
    const broker = new RedisBroker(join(folder, 'socket'), folder, server);
    await broker.queue.waitUntilReady();
    return broker;
  }

  async messages(): Promise<readonly RelayMessage[]> {
    const jobs = await this.queue.getJobs('waiting', 0, -1, true);
    return jobs.map(({ data }) => data);
  }

  kill(): Promise<void> {
    return this.server.kill();
  }

  async restart(): Promise<void> {
    this.server = await startServer(this.folder);
  }

  async stop(): Promise<void> {
    this.connection.disconnect();
    await this.queue.close();
    await this.server.kill();
    await rm(this.folder, { recursive: true });
  }
}

function openQueue(connection: Redis): Queue<RelayMessage> {
  const queue = new Queue<RelayMessage>('orders', {
    connection,
    defaultJobOptions: { sizeLimit: 1_000_000 },
  });
  // It tells of a connection that is lost, which tests cut.
  queue.on('error', () => undefined);
  return queue;
}

/** For a process of its own. */
export async function relayToRedis(address: string): Promise<DurableReceiverFunction<unknown>> {
  return bullmqRelay(openQueue(connectRedis(address)));
}

/** Refuses what it cannot send at once, so that an attempt fails while the server is away. */
function connectRedis(path: string): Redis {
  return new Redis({
    path,
    enableOfflineQueue: false,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
  });
}

function startServer(folder: string): Promise<ServerProcess> {
  const socket = join(folder, 'socket');
  const args = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
  return ServerProcess.start(serverCommand('REDIS_SERVER'), args, /ready to accept connections/i);
}
