import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { ErrorSink } from '../../core/index.js';
import { detached } from '../../integration/index.js';
import { wakeUpChannel } from '../outbox/wake-ups.js';
import { DedicatedConnection } from '../engine/dedicated-connection.js';

/** How often the connection is asked whether it is still there, in milliseconds. */
const HEARTBEAT = 10_000;
const HEARTBEAT_DEADLINE = 5_000;
const RECONNECT = 1_000;

/**
 * Listens for hints on a connection of its own. A connection that is lost, loudly or silently, is
 * replaced; what was missed meanwhile is made up for by waking everybody.
 */
export class WakeUpListener {
  readonly #closing = new AbortController();
  #ended: Promise<void> | undefined;
  #isListening = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly schema: string,
    private readonly onError: ErrorSink,
    /** Told which queues have something new; undefined: any may have. */
    private readonly wake: (queues: readonly string[] | undefined) => void,
  ) {}

  get isListening(): boolean {
    return this.#isListening;
  }

  start(): void {
    this.#ended = detached(() => this.#run());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      let connection: DedicatedConnection | undefined;
      try {
        connection = new DedicatedConnection(this.dataSource);
        await this.#listen(connection);
      } catch (error) {
        if (!signal.aborted) this.onError(error, 'Listening for hints was interrupted');
      }
      this.#isListening = false;
      await connection?.close();
      await pause(RECONNECT, signal);
    }
  }

  async #listen(connection: DedicatedConnection): Promise<void> {
    const { signal } = this.#closing;
    connection.onNotification((payload) => this.wake(payload?.split(',')));
    await connection.open();
    await connection.query(`LISTEN "${wakeUpChannel(this.schema)}"`);
    this.#isListening = true;
    this.wake(undefined);
    while (!signal.aborted) {
      await pause(HEARTBEAT, AbortSignal.any([signal, connection.lost]));
      await heartbeat(connection);
    }
  }
}

/** A connection that has been cut silently answers nothing; only giving it up ends the wait. */
async function heartbeat(connection: DedicatedConnection): Promise<void> {
  const timer = setTimeout(() => void connection.close(), HEARTBEAT_DEADLINE);
  try {
    await connection.query('SELECT');
  } finally {
    clearTimeout(timer);
  }
}

/** Ends early, and without a failure, when the signal says so. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
