import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import type { ErrorSink } from '../index.js';
import { hintChannel } from './hints.js';

/** What is used of a connection of node-postgres. */
interface Connection {
  on(event: 'notification', listener: (message: { readonly payload?: string }) => void): void;
  removeAllListeners(event: 'notification'): void;
  emit(event: 'error', error: unknown): void;
}

/** How often the connection is asked whether it is still there, in milliseconds. */
const HEARTBEAT = 10_000;
const HEARTBEAT_DEADLINE = 5_000;
const RECONNECT = 1_000;

/**
 * Listens for hints on a connection of its own. A connection that is lost, loudly or silently, is
 * replaced; what was missed meanwhile is made up for by waking everybody.
 */
export class HintListener {
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
    this.#ended = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const runner = this.dataSource.createQueryRunner();
      try {
        await this.#listen(runner);
      } catch (error) {
        if (!signal.aborted) this.onError(error, 'Listening for hints was interrupted');
      }
      this.#isListening = false;
      await runner.release();
      await delay(RECONNECT, undefined, { signal }).catch(() => undefined);
    }
  }

  async #listen(runner: QueryRunner): Promise<void> {
    const { signal } = this.#closing;
    const connection = (await runner.connect()) as Connection;
    connection.on('notification', ({ payload }) => this.wake(payload?.split(',')));
    try {
      await runner.query(`LISTEN "${hintChannel(this.schema)}"`);
      this.#isListening = true;
      this.wake(undefined);
      while (!signal.aborted) {
        await delay(HEARTBEAT, undefined, { signal }).catch(() => undefined);
        await heartbeat(runner, connection);
      }
    } finally {
      connection.removeAllListeners('notification');
      if (!runner.isReleased) await runner.query('UNLISTEN *').catch(() => undefined);
    }
  }
}

/** A connection that has been cut silently answers nothing; only giving it up ends the wait. */
async function heartbeat(runner: QueryRunner, connection: Connection): Promise<void> {
  const timer = setTimeout(() => {
    connection.emit('error', new Error('The connection does not answer.'));
  }, HEARTBEAT_DEADLINE);
  try {
    await runner.query('SELECT');
  } finally {
    clearTimeout(timer);
  }
}
