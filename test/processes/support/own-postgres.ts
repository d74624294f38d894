import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import { ensurePostgres } from '../../../scripts/embedded-postgres/index.mjs';

/** A PostgreSQL that keeps its promises about crashes, for stories that kill it. */
export class OwnPostgres implements AsyncDisposable {
  private constructor(
    private readonly dataDirectory: string,
    readonly url: string,
    private server: Awaited<ReturnType<typeof ensurePostgres>>,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const dataDirectory = join(tmpdir(), `signals-postgres-${randomBytes(6).toString('hex')}`);
    const server = await ensurePostgres({ dataDirectory });
    return new OwnPostgres(dataDirectory, server.url, server);
  }

  /** As the system kills it: the postmaster dies at once, its children with it. */
  async kill(): Promise<void> {
    const [row] = await this.query<{ pid: string }>(
      `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
    );
    process.kill(Number(row?.pid), 'SIGKILL');
  }

  /** At the same address, with what was committed. */
  async restart(): Promise<void> {
    const { dataDirectory } = this;
    const { url } = await ensurePostgres({ dataDirectory });
    if (url !== this.url) throw new Error(`PostgreSQL came back elsewhere: ${url}`);
  }

  async query<Row>(text: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }
}
