import type { DataSource } from 'typeorm';

/** What is used of a client of node-postgres. */
interface Client {
  connect(): Promise<void>;
  query(text: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'notification', listener: (message: { readonly payload?: string }) => void): void;
  on(event: 'error' | 'end', listener: () => void): void;
}

/** What TypeORM's driver has, and does not declare. */
interface PostgresDriver {
  readonly postgres: { readonly Client: new (options: object) => Client };
  /** Undefined once the data source has been destroyed. */
  readonly master: { readonly options: object } | undefined;
}

/** A connection as the data source's pool makes them, but outside of the pool, which stays whole. */
export class DedicatedConnection {
  readonly #client: Client;
  readonly #lost = new AbortController();

  /** @throws Error as long as the data source is not initialized. */
  constructor({ driver }: DataSource) {
    const { postgres, master } = driver as unknown as PostgresDriver;
    if (!master) throw new Error('The data source is not initialized.');
    this.#client = new postgres.Client(master.options);
    this.#client.on('error', () => this.#lost.abort());
    this.#client.on('end', () => this.#lost.abort());
  }

  /** Fires when the connection is gone, as far as that can be noticed. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  onNotification(listener: (payload: string | undefined) => void): void {
    this.#client.on('notification', ({ payload }) => listener(payload));
  }

  open(): Promise<void> {
    return this.#client.connect();
  }

  query(text: string): Promise<unknown> {
    return this.#client.query(text);
  }

  /** Ends it also while a query waits for an answer. */
  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}
