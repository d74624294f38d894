/** What is used of a client of `pg`. */
export interface PgClient {
  query(...args: readonly unknown[]): unknown;
  getMaxListeners(): number;
  setMaxListeners(count: number): unknown;
}

/** What `pg` answers to one statement. */
export interface PgResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly oid: number | null;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly fields: readonly unknown[];
}

/** What is used of TypeORM's PostgreSQL driver: the two ways to a connection, and their end. */
export interface PgDriver {
  obtainMasterConnection(): Promise<Borrowed>;
  obtainSlaveConnection(): Promise<Borrowed>;
  disconnect(): Promise<void>;
}

export type Borrowed = [client: PgClient, release: (error?: Error) => void];

/** The SQLSTATE of a statement that is refused because an earlier one has failed. */
export const IN_FAILED_TRANSACTION = '25P02';

export function sqlStateOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : undefined;
}
