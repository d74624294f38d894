export interface DurableSignalsOptions {
  /**
   * The data source whose transactions carry deliveries: the object itself, or the token under which
   * the application's container knows it. Default: the one of `TypeOrmModule.forRoot()`.
   */
  readonly dataSource?: unknown;
  /**
   * The schema of the engine's tables, made at start where it is missing: its name as the catalog has it,
   * without quotes. Default: `signals`.
   */
  readonly schema?: string;
  /** Whether this process runs durable receivers, too, or only sends to them. Default: true. */
  readonly workers?: boolean;
  /**
   * How often workers look for deliveries that no hint told them of, in milliseconds, 500 at least.
   * Default: 2,000.
   */
  readonly pollInterval?: number;
  /**
   * Whether to prepare statements under a name, which saves parsing. Off for a pooler that hands
   * connections on between transactions and does not know of it. Default: true.
   */
  readonly prepareStatements?: boolean;
  /**
   * How long deliveries wait for a receiver that no process has before they become dead letters, in
   * milliseconds: longer than a deployment takes. Default: ten minutes.
   */
  readonly orphanTimeout?: number;
}

export const DEFAULT_SCHEMA = 'signals';
