import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { ensurePostgres, throwAwayPostgres } from '../../scripts/embedded-postgres/index.mjs';

describe('The embedded PostgreSQL', () => {
  let folder: string;
  let dataDirectory: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postgres-'));
    dataDirectory = join(folder, 'postgres');
  });

  afterAll(async () => {
    await rm(await realpath(dataDirectory), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps its password to itself and listens on this machine only', async () => {
    const server = await ensurePostgres({ dataDirectory });

    const { mode } = await stat(join(dataDirectory, 'password'));
    expect(mode & 0o777).toBe(0o600);
    await expect(query(withPassword(server.url, 'guessed'), 'select')).rejects.toThrow(/password/);
    expect(await settings(server.url)).toMatchObject({
      data_checksums: 'on',
      listen_addresses: '127.0.0.1',
      password_encryption: 'scram-sha-256',
      server_encoding: 'UTF8',
      unix_socket_directories: '',
    });

    await server.stop();
  });

  it('sorts by code points, whatever the locale of the system', async () => {
    const server = await ensurePostgres({ dataDirectory });

    const sorted = await query(
      server.url,
      `select unnest(array['b', 'Z', 'ä', 'a']) as x order by x`,
    );
    expect(sorted.map(({ x }) => x)).toEqual(['Z', 'a', 'b', 'ä']);
    expect(await query(server.url, `select upper('ä') as upper`)).toEqual([{ upper: 'Ä' }]);

    await server.stop();
  });

  it('comes back on the same address with every committed row after kill -9', async () => {
    const killed = await ensurePostgres({ dataDirectory });
    await query(killed.url, 'create table kept as select generate_series(1, 1000) as n');
    process.kill(await postmaster(), 'SIGKILL');

    const server = await ensurePostgres({ dataDirectory });

    expect(server).toMatchObject({ adopted: false, url: killed.url });
    expect(await query(server.url, 'select count(*)::int as rows from kept')).toEqual([
      { rows: 1000 },
    ]);
    await server.stop();
  });

  it('adopts a server that runs already, and does not start a second', async () => {
    const first = await ensurePostgres({ dataDirectory });
    const pid = await postmaster();

    const [second, third] = await Promise.all([
      ensurePostgres({ dataDirectory }),
      ensurePostgres({ dataDirectory }),
    ]);

    expect([first.adopted, second.adopted, third.adopted]).toEqual([false, true, true]);
    expect(await postmaster()).toBe(pid);
    await first.stop();
  });

  it('starts over a lock file whose process number went to another process', async () => {
    const before = await ensurePostgres({ dataDirectory });
    await before.stop();
    const stranger = await strangerOfSameUser();
    await writeLockFile(stranger.pid);

    const server = await ensurePostgres({ dataDirectory });

    expect(server.adopted).toBe(false);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    stranger.kill();
  });

  it('starts over a lock file of a process that is gone', async () => {
    const before = await ensurePostgres({ dataDirectory });
    await before.stop();
    const gone = await strangerOfSameUser();
    gone.kill();
    await once(gone, 'exit');
    await writeLockFile(gone.pid);

    const server = await ensurePostgres({ dataDirectory });

    expect(server.adopted).toBe(false);
    await server.stop();
  });

  it('takes another port when its own was taken meanwhile', async () => {
    const before = await ensurePostgres({ dataDirectory });
    await before.stop();
    await writeFile(join(dataDirectory, 'port'), new URL(requiredTestServer()).port);

    const server = await ensurePostgres({ dataDirectory });

    expect(new URL(server.url).port).not.toBe(new URL(requiredTestServer()).port);
    await server.stop();
  });

  it('refuses data of another version, and names the way out', async () => {
    const before = await ensurePostgres({ dataDirectory });
    await before.stop();
    await writeFile(join(dataDirectory, 'data', 'PG_VERSION'), '17\n');

    await expect(ensurePostgres({ dataDirectory })).rejects.toThrow(/PostgreSQL 17.*DATABASE_URL/);

    await writeFile(join(dataDirectory, 'data', 'PG_VERSION'), '18\n');
  });

  it('leaves nothing of a server to throw away', async () => {
    const server = await throwAwayPostgres();
    const [row] = await query(server.url, `select current_setting('data_directory') as data`);
    expect(existsSync(dirname(String(row?.['data'])))).toBe(true);

    await server.stop();

    expect(existsSync(dirname(String(row?.['data'])))).toBe(false);
  });

  async function postmaster(): Promise<number> {
    return Number.parseInt(
      await readFile(join(dataDirectory, 'data', 'postmaster.pid'), 'utf8'),
      10,
    );
  }

  async function strangerOfSameUser(): Promise<ChildProcess> {
    const { uid, gid } = await stat(join(dataDirectory, 'data'));
    const user = process.getuid?.() === 0 ? { uid, gid } : {};
    const stranger = spawn('sleep', ['60'], { ...user, cwd: '/' });
    await once(stranger, 'spawn');
    return stranger;
  }

  async function writeLockFile(pid: number | undefined): Promise<void> {
    const data = join(await realpath(dataDirectory), 'data');
    const file = join(data, 'postmaster.pid');
    await writeFile(file, [pid, data, 1, 1, '', '127.0.0.1', '  1 1', 'ready   ', ''].join('\n'));
    const { uid, gid } = await stat(data);
    await chown(file, uid, gid);
  }
});

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function settings(url: string): Promise<Record<string, unknown>> {
  const rows = await query(url, 'select name, setting from pg_settings');
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

function withPassword(address: string, password: string): string {
  const url = new URL(address);
  url.password = password;
  return url.href;
}

function requiredTestServer(): string {
  return String(process.env.TEST_DATABASE_URL);
}
