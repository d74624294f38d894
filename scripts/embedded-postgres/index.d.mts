export interface EmbeddedPostgres {
  readonly url: string;
  /** Whether the server ran already. */
  readonly adopted: boolean;
  /** False once it has crashed or was killed. */
  isRunning(): boolean;
  /**
   * This process uses the server no more; the last process to say so stops it. A throw-away server is
   * removed.
   */
  stop(): Promise<void>;
}

/**
 * A PostgreSQL server on the data in a folder, made the first time and kept. It is shared with every
 * other process that asks for the same folder.
 */
export function ensurePostgres(options: {
  readonly dataDirectory: string;
  /** Settings of the server; one that runs already keeps its own. */
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres>;

/** An empty server for one run, quick because it promises nothing about a crash. */
export function throwAwayPostgres(options?: {
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres>;
