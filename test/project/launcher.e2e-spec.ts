import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { Checkout } from './checkout.js';

const ELSEWHERE = { DATABASE_URL: 'postgres://elsewhere/shop' };

describe('npm start', () => {
  let checkout: Checkout;

  beforeEach(async () => {
    checkout = await Checkout.make();
  });

  afterEach(() => checkout.remove());

  it('builds once, and again when a source has changed', async () => {
    const [, fresh] = await checkout.start(ELSEWHERE);
    const [, current] = await checkout.start(ELSEWHERE);
    await checkout.write('libs/signals/src/index.ts', '// changed');
    const [, stale] = await checkout.start(ELSEWHERE);

    expect([fresh.builds, current.builds, stale.builds]).toEqual([1, 1, 2]);
  });

  it('builds the pages on their own, when one of their sources has changed', async () => {
    await checkout.start(ELSEWHERE);
    await checkout.write('apps/web/src/main.tsx', '// changed');
    const [, { builds }] = await checkout.start(ELSEWHERE);

    expect(builds).toBe(1);
    expect((await checkout.read('page-builds')).trim().split('\n')).toEqual([
      'libs/signals-inspector/src/page',
      'apps/web',
      'apps/web',
    ]);
  });

  it('builds the packages where the application and npx signals find them, and leaves them there', async () => {
    const built = async () => (await checkout.read('library-builds')).trim().split('\n');
    await checkout.start(ELSEWHERE);
    await checkout.start(ELSEWHERE);
    expect(await checkout.read('libs/signals/dist/index.js')).toBe('');
    expect(await built()).toEqual(['signals/dist', 'signals-inspector/dist', 'signals-cli/dist']);
  });

  it.each([
    ['signals', ['signals/dist', 'signals-inspector/dist', 'signals-cli/dist']],
    ['signals-inspector', ['signals-inspector/dist', 'signals-cli/dist']],
    ['signals-cli', ['signals-cli/dist']],
  ])('builds anew, of a change in %s, what is compiled against it', async (name, expected) => {
    await checkout.start(ELSEWHERE);
    await checkout.write('library-builds', '');
    await checkout.write(`libs/${name}/src/index.ts`, '// changed');
    await checkout.start(ELSEWHERE);

    expect((await checkout.read('library-builds')).trim().split('\n')).toEqual(expected);
  });

  it.each([
    ['', 'development'],
    ['production', 'production'],
  ])('runs with NODE_ENV=%j in %s', async (NODE_ENV, expected) => {
    const [, { environment }] = await checkout.start({ ...ELSEWHERE, NODE_ENV });

    expect(environment).toBe(expected);
  });

  it('installs when the lockfile asks for what is not there', async () => {
    const packages = { 'node_modules/left-pad': { version: '1.0.0' } };
    await checkout.write('package-lock.json', JSON.stringify({ packages }));

    await checkout.start(ELSEWHERE);
    await checkout.start(ELSEWHERE);

    expect(await checkout.read('npm-runs')).toMatch(/^ci .*\n$/);
  });

  it('tells in one message why it cannot build, and ends with 1', async () => {
    await checkout.write('broken', '');

    const launcher = checkout.launch();

    expect(await launcher.ended).toBe(1);
    expect(launcher.said).toBe(
      'Building the library…\nBuilding the inspector…\nBuilding the command…\nBuilding…\nThe build failed:\n\nmain.ts: not today\n',
    );
  });

  it('explains itself with --help', async () => {
    const launcher = checkout.launch({}, ['--help']);

    expect(await launcher.ended).toBe(0);
    expect(launcher.said).toContain('DATABASE_URL');
  });

  it('passes on the exit code of the application', async () => {
    const [launcher, { pid }] = await checkout.start(ELSEWHERE);

    process.kill(pid, 'SIGUSR2');

    expect(await launcher.ended).toBe(7);
  });

  it('takes the database of DATABASE_URL instead', async () => {
    const [, { databaseUrl }] = await checkout.start(ELSEWHERE);

    expect(databaseUrl).toBe('postgres://elsewhere/shop');
    await expect(checkout.read('.data/postgres/password')).rejects.toThrow('ENOENT');
  });
});

describe('npm start without DATABASE_URL', () => {
  let checkout: Checkout;

  beforeAll(async () => {
    checkout = await Checkout.make();
  });

  afterEach(() => checkout.stop());

  afterAll(() => checkout.remove());

  it('gives the application a database that keeps its rows', async () => {
    const [first, { databaseUrl }] = await checkout.start();
    await query(databaseUrl, 'create table orderly as select 42 as answer');
    first.kill('SIGTERM');
    await first.ended;

    const [, again] = await checkout.start();

    expect(again.databaseUrl).toBe(databaseUrl);
    expect(await query(again.databaseUrl, 'select answer from orderly')).toEqual([{ answer: 42 }]);
  });

  it('stops the application, then the database, when asked to', async () => {
    const [launcher, { pid, databaseUrl }] = await checkout.start();

    launcher.kill('SIGTERM');

    expect(await launcher.ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
    await expect(query(databaseUrl, 'select')).rejects.toThrow('ECONNREFUSED');
  });

  it('takes the application along when it is killed, and finds its database again', async () => {
    const [killed, { pid, databaseUrl }] = await checkout.start();
    await query(databaseUrl, 'create table orphaned as select 42 as answer');
    killed.kill('SIGKILL');
    await until(() => !isAlive(pid));

    const [launcher, again] = await checkout.start();
    expect(await query(again.databaseUrl, 'select answer from orphaned')).toEqual([{ answer: 42 }]);
    launcher.kill('SIGTERM');
    await launcher.ended;

    await expect(query(databaseUrl, 'select')).rejects.toThrow('ECONNREFUSED');
  });

  it('shares the database with a second one, which may stay longer', async () => {
    const [first, { databaseUrl }] = await checkout.start();
    const [second, shared] = await checkout.start();
    expect(shared.databaseUrl).toBe(databaseUrl);

    first.kill('SIGTERM');
    await first.ended;
    expect(await query(databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);

    second.kill('SIGTERM');
    await second.ended;
    await expect(query(databaseUrl, 'select')).rejects.toThrow('ECONNREFUSED');
  });

  it('starts the database again under a running application', async () => {
    const [launcher, { databaseUrl }] = await checkout.start();
    await query(databaseUrl, 'create table revived as select 42 as answer');

    process.kill(
      Number.parseInt(await checkout.read('.data/postgres/data/postmaster.pid')),
      'SIGKILL',
    );
    await until(() => launcher.said.includes('starting it again'));

    await until(() => query(databaseUrl, 'select answer from revived'));
  });
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until the fact is there; the time limit of the test is the time limit. */
async function until(fact: () => unknown): Promise<void> {
  while (
    !(await Promise.resolve()
      .then(fact)
      .catch(() => false))
  )
    await delay(20);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
