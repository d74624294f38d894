import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  jetstream,
  jetstreamManager,
  type JetStreamManager,
  type StoredMsg,
} from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { DurableReceiverFunction } from 'nestjs-signals/core';
import type { RelayMessage } from 'nestjs-signals/integration';
import { jetStreamRelay } from 'nestjs-signals/nats';
import { serverCommand, type Broker } from './broker.js';
import { ServerProcess } from './server-process.js';

const STREAM = 'orders';
const SUBJECT = 'orders.paid';

/** A NATS on a free port, with a stream in a folder of its own. */
export class NatsBroker implements Broker {
  readonly relay;

  private constructor(
    readonly address: string,
    private readonly folder: string,
    private server: ServerProcess,
    readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
  ) {
    this.relay = relayOver(connection);
  }

  static async start(): Promise<NatsBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'nats-'));
    const { server, address } = await startServer(folder, '-1');
    const connection = await connectNats(address);
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.>`] });
    return new NatsBroker(address, folder, server, connection, manager);
  }

  async messages(): Promise<readonly RelayMessage[]> {
    const { state } = await this.manager.streams.info(STREAM);
    const messages: RelayMessage[] = [];
    for (let seq = 1; seq <= state.last_seq; seq += 1) {
      const stored = await this.manager.streams.getMessage(STREAM, { seq });
      if (stored) messages.push(stored.json());
    }
    return messages;
  }

  lastOf(subject: string): Promise<StoredMsg | null> {
    return this.manager.streams.getMessage(STREAM, { last_by_subj: subject });
  }

  kill(): Promise<void> {
    return this.server.kill();
  }

  async restart(): Promise<void> {
    ({ server: this.server } = await startServer(this.folder, new URL(this.address).port));
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.server.kill();
    await rm(this.folder, { recursive: true });
  }
}

/** For a process of its own. */
export async function relayToNats(address: string): Promise<DurableReceiverFunction<unknown>> {
  return relayOver(await connectNats(address));
}

function connectNats(servers: string): Promise<NatsConnection> {
  return connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
}

/** Waits briefly for an acknowledgement, so that an attempt fails while the server is away. */
function relayOver(connection: NatsConnection): DurableReceiverFunction<unknown> {
  return jetStreamRelay(jetstream(connection, { timeout: 500 }), { subject: SUBJECT });
}

/** @param port -1: any that is free. */
async function startServer(
  folder: string,
  port: string,
): Promise<{ readonly server: ServerProcess; readonly address: string }> {
  const args = ['--addr', '127.0.0.1', '--port', port, '--jetstream', '--store_dir', folder];
  const ready = /Listening for client connections on (\S+)/;
  const server = await ServerProcess.start(serverCommand('NATS_SERVER'), args, ready);
  return { server, address: `nats://${server.said[1]}` };
}
