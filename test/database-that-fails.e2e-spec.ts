import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { Signals } from 'nestjs-signals';
import { preSave } from 'nestjs-signals/typeorm';
import { Profile } from '../apps/api/src/accounts/index.js';
import { ImpatientClient, toProblem } from '../apps/api/src/platform/index.js';
import { startApplication, type RunningApplication } from './support/application.js';
import { createApplicationDatabase } from './support/database.js';

const PASSWORD = 'correct horse battery staple';

let shop: RunningApplication;
beforeAll(async () => {
  shop = await startApplication();
});
afterAll(() => shop.close());

/** Registers somebody, whose profile cannot be saved. */
async function registerWith(fail: (signals: Signals) => Disposable, email: string) {
  using _ = fail(shop.app.get(Signals));
  return await shop.http.post('/api/v1/accounts').send({ email, password: PASSWORD });
}

describe('A database that refuses for now', () => {
  it.each([
    ['53100', 'the disk is full'],
    ['53200', 'there is no memory'],
    ['53300', 'there are too many connections'],
    ['25006', 'it only reads'],
    ['40P01', 'a deadlock'],
    ['40001', 'a transaction in the way'],
    ['55P03', 'a lock that was not to be had'],
    ['57014', 'a statement that took too long'],
    ['57P03', 'it starts'],
    ['58030', 'it cannot read its files'],
    ['28P01', 'another password'],
  ])('is told as such, and when to try again: %s, %s', async (state) => {
    const raise = `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${state}'; END $$`;
    const email = `refused-${state}@example.test`.toLowerCase();

    const { status, headers, body } = await registerWith(
      (signals) =>
        signals.connect(preSave, async (_event, { manager }) => void (await manager.query(raise)), {
          sender: Profile,
          dispatchUid: 'test.refuse',
        }),
      email,
    );

    expect({ status, type: body.type }).toEqual({
      status: 503,
      type: 'urn:problem:database-unavailable',
    });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await shop.http.post('/api/v1/accounts').send({ email, password: PASSWORD }).expect(201);
  });

  it('in a deadlock of two requests, says so to one of them', async () => {
    await shop.dataSource.query(`CREATE TABLE IF NOT EXISTS crossing (id integer PRIMARY KEY)`);
    await shop.dataSource.query(`INSERT INTO crossing VALUES (1), (2)`);
    const both = new EventEmitter();
    let waiting = 0;
    const cross = (signals: Signals): Disposable =>
      signals.connect(
        preSave,
        async ({ instance }, { manager }) => {
          const first = instance.displayName === 'one' ? 1 : 2;
          const lock = (id: number) =>
            manager.query('SELECT FROM crossing WHERE id = $1 FOR UPDATE', [id]);
          await lock(first);
          waiting += 1;
          const met = waiting === 2 ? undefined : once(both, 'met');
          if (waiting === 2) both.emit('met');
          await met;
          await lock(3 - first);
        },
        { sender: Profile, dispatchUid: 'test.cross' },
      );
    using _ = cross(shop.app.get(Signals));
    const register = (displayName: string) =>
      shop.http
        .post('/api/v1/accounts')
        .send({ email: `${displayName}@example.test`, password: PASSWORD, displayName });

    const answers = await Promise.all([register('one'), register('two')]);

    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([201, 503]));
  });
});

describe('A COMMIT whose answer is lost', () => {
  it('is not told as nothing, and not as done', async () => {
    const database = await createApplicationDatabase();
    await using wire = await Wire.to(database.url);
    const remote = await startApplication({ environment: { DATABASE_URL: wire.url } });
    wire.cutAfter('COMMIT');

    const { body } = await remote.http
      .post('/api/v1/accounts')
      .send({ email: 'lost@example.test', password: PASSWORD })
      .expect(503);
    const again = await remote.http
      .post('/api/v1/accounts')
      .send({ email: 'lost@example.test', password: PASSWORD });

    expect(body.type).toBe('urn:problem:outcome-unknown');
    expect(again.body.type).toBe('urn:problem:email-taken');
    await remote.close();
    await database.drop();
  });
});

describe('A connection whose other end has gone without a word', () => {
  it('is given up, and not used again', async () => {
    const database = await createApplicationDatabase();
    const pool = new pg.Pool({
      connectionString: database.url,
      max: 1,
      Client: ImpatientClient as unknown as typeof pg.Client,
    });
    pool.on('error', () => undefined);
    const client = (await pool.connect()) as unknown as ImpatientClient & pg.PoolClient;
    client.on('error', () => undefined);
    client.patienceMs = 50;

    const overdue = await Promise.resolve(client.query('SELECT pg_sleep(3600)')).catch(
      (error: unknown) => error,
    );
    client.release();
    const { rows } = await pool.query('SELECT 1 AS one');

    expect(toProblem(overdue, { id: '1', method: 'POST' }).type).toBe(
      'urn:problem:outcome-unknown',
    );
    expect(toProblem(overdue, { id: '1', method: 'GET' }).type).toBe(
      'urn:problem:database-unavailable',
    );
    expect(rows).toEqual([{ one: 1 }]);
    await pool.end();
    await database.drop();
  });

  it('is looked for by every connection of the application', async () => {
    const { options } = shop.dataSource;

    expect(options).toMatchObject({
      connectTimeoutMS: expect.any(Number),
      extra: {
        Client: ImpatientClient,
        keepAlive: true,
        statement_timeout: expect.any(Number),
        lock_timeout: expect.any(Number),
        idle_in_transaction_session_timeout: expect.any(Number),
      },
    });
  });
});

/** Stands between the application and its database, and may cut the connection behind a statement. */
class Wire implements AsyncDisposable {
  private lastWords: string | undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async to(target: string): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server, target);
    server.on('connection', (near) => wire.join(near));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return wire;
  }

  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** The statement arrives, its answer does not; what comes after it goes through again. */
  cutAfter(statement: string): void {
    this.lastWords = statement;
  }

  private join(near: Socket): void {
    const { hostname, port } = new URL(this.target);
    const far = connect(Number(port), hostname);
    let isCut = false;
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    near.on('data', (chunk) => {
      far.write(chunk);
      if (this.lastWords === undefined || !chunk.includes(this.lastWords)) return;
      this.lastWords = undefined;
      isCut = true;
    });
    far.on('data', (chunk) => (isCut ? near.destroy() : near.write(chunk)));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
