import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const CRUISER = resolve('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const LIB = 'libs/signals/src';
const INSPECTOR = 'libs/signals-inspector/src';
const CLI = 'libs/signals-cli/src';
const API = 'apps/api/src';

/** A file, what it imports, and part of the name of the rule against it. */
const FORBIDDEN: readonly (readonly [from: string, to: string, rule: string])[] = [
  [`${LIB}/core/a.ts`, 'typeorm', 'core/ imports'],
  [`${LIB}/core/dispatch/a.ts`, `${LIB}/nestjs/index`, 'core/ imports'],
  [`${LIB}/nestjs/a.ts`, `${LIB}/core/signals`, 'nestjs/ imports'],
  [`${LIB}/nestjs/b.ts`, 'typeorm', 'nestjs/ imports'],
  [`${LIB}/integration/a.ts`, `${LIB}/typeorm/index`, 'integration/ imports'],
  [`${LIB}/diagnostics/a.ts`, `${LIB}/index`, 'diagnostics/ imports'],
  [`${LIB}/typeorm/models/a.ts`, '@nestjs/common', 'typeorm/ imports'],
  [`${LIB}/typeorm/a.ts`, `${LIB}/index`, 'typeorm/ imports'],
  [`${LIB}/durable/worker/a.ts`, `${LIB}/typeorm/index`, 'durable/ imports'],
  [`${LIB}/telemetry/a.ts`, '@opentelemetry/sdk-trace-base', 'telemetry/ imports'],
  [`${LIB}/testing/a.ts`, '@nestjs/common', 'testing/ imports'],
  [`${INSPECTOR}/a.ts`, 'typeorm', 'signals-inspector/src/ imports'],
  [`${INSPECTOR}/http/a.ts`, `${LIB}/integration/index`, 'imported by its name'],
  [`${INSPECTOR}/page/src/a.ts`, `${INSPECTOR}/index`, 'page/ imports'],
  [`${LIB}/core/b.ts`, 'nestjs-signals-inspector', 'core/ imports'],
  [`${CLI}/lint/a.ts`, `${CLI}/model/steps`, 'entered by its index'],
  [`${CLI}/a.ts`, `${LIB}/typeorm/index`, 'signals-cli/src/ imports'],
  ['scripts/a.ts', 'typescript', 'scripts/ imports'],
  ['libs/signals/test/a.ts', `${API}/orders/index`, 'no application'],
  [`${API}/platform/a.ts`, `${API}/accounts/index`, 'platform does not know'],
  [`${API}/accounts/a.ts`, `${API}/app.module`, 'accounts does not know'],
  [`${API}/orders/a.ts`, `${API}/billing/index`, 'orders does not know'],
  [`${API}/orders/b.ts`, `${API}/accounts/user.entity`, 'entered by its index'],
  [`${API}/audit/a.ts`, `${API}/orders/index`, 'audit listens'],
  [`${API}/a.ts`, `${API}/orders/order.entity`, 'entered by its index'],
  [`${API}/billing/a.ts`, `${LIB}/index`, 'imported by its name'],
  ['apps/api/migrations/a.ts', `${API}/orders/index`, 'a migration stays'],
  ['apps/web/src/a.ts', `${API}/orders/index`, 'pages know'],
  ['apps/web/src/b.ts', 'nestjs-signals', 'pages know'],
  ['test/a.ts', `${API}/orders/order.entity`, 'tests come in'],
];

describe('Who may import whom', () => {
  let checkout: string;
  let found: readonly { from: string; rule: { name: string } }[];

  beforeAll(async () => {
    checkout = await mkdtemp(join(tmpdir(), 'boundaries-'));
    await cp('.dependency-cruiser.mjs', join(checkout, '.dependency-cruiser.mjs'));
    await cp('tsconfig.json', join(checkout, 'tsconfig.json'));
    for (const [from, to] of FORBIDDEN) await plant(from, to);
    // A circle of three, of types alone.
    await plant(`${LIB}/core/one.ts`, `${LIB}/core/two`);
    await plant(`${LIB}/core/two.ts`, `${LIB}/core/three`);
    await plant(`${LIB}/core/three.ts`, `${LIB}/core/one`);
    found = violations();
  });

  afterAll(() => rm(checkout, { recursive: true }));

  it.each(FORBIDDEN)('%s may not import %s', (from, _to, rule) => {
    const broken = found.filter((violation) => violation.from === from);
    expect(broken.map(({ rule: { name } }) => name)).toContainEqual(expect.stringContaining(rule));
  });

  it('is never in a circle, of types neither', () => {
    const circle = found.filter(({ rule: { name } }) => name === 'no circle of imports');
    expect(circle.map(({ from }) => from)).toContain(`${LIB}/core/one.ts`);
  });

  it('is checked by npm run lint, over every folder with code', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(scripts.lint).toContain('depcruise apps libs test scripts bench');
  });

  /** A file with nothing but an import of types, of a file that is there or of a package. */
  async function plant(from: string, to: string): Promise<void> {
    const isFile = /^(?:apps|libs)\//.test(to);
    const up = '../'.repeat(from.split('/').length - 1);
    await write(from, `export type { x } from '${isFile ? `${up}${to}.js` : to}';\n`);
    if (isFile) await write(`${to}.ts`, 'export type x = 1;\n', 'wx').catch(() => {});
  }

  async function write(file: string, text: string, flag = 'w'): Promise<void> {
    const path = join(checkout, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag });
  }

  function violations(): typeof found {
    const folders = ['apps', 'libs', 'test', 'scripts'];
    const args = [CRUISER, '--output-type', 'json', ...folders];
    const { stdout } = spawnSync(process.execPath, args, { cwd: checkout, encoding: 'utf8' });
    return JSON.parse(stdout).summary.violations;
  }
});
