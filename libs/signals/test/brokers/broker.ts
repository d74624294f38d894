import type { DurableReceiverFunction } from 'nestjs-signals/core';
import type { RelayMessage } from 'nestjs-signals/integration';

/** A real server that deliveries are relayed to, and a way to see what it was given. */
export interface Broker {
  /** Where it answers, for another process. */
  readonly address: string;
  readonly relay: DurableReceiverFunction<unknown>;
  messages(): Promise<readonly RelayMessage[]>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Larger than the brokers of the tests take. */
export const TOO_LARGE = 'x'.repeat(1_100_000);

/** Where npm test has found the server, see scripts/tests/brokers.mjs. */
export function serverCommand(variable: 'REDIS_SERVER' | 'NATS_SERVER'): string {
  const command = process.env[variable];
  if (command) return command;
  throw new Error(`${variable} is not set. Start tests through npm: npm test -- <part of a path>`);
}
