import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGES = ['signals', 'signals-inspector'];
const NAME = /^export (?:abstract )?(?:class|const|function|interface|namespace|type|enum) (\w+)/gm;

describe('What the library exports', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'api-report-'));
    const args = ['test/project/report-api.mjs', '--into', folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stdout + stderr);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true }));

  it.each(PACKAGES)('is written down in %s, as `npm run report:api` writes it', async (name) => {
    expect(await reportsIn(join(folder, name))).toEqual(await reportsIn(`libs/${name}/api`));
  });

  it.each(PACKAGES)('has a report for each import of %s', async (name) => {
    const manifest: { readonly exports: object } = JSON.parse(
      await readFile(`libs/${name}/package.json`, 'utf8'),
    );
    const imports = Object.keys(manifest.exports).filter((path) => path !== './package.json');
    const reports = imports.map((path) => (path === '.' ? 'root' : path.slice(2)));

    expect(Object.keys(await reportsIn(join(folder, name)))).toEqual(
      reports.map((report) => `${report}.api.md`).toSorted(),
    );
  });

  it('has at most 60 names at the root', async () => {
    expect((await namesOf('root')).length).toBeLessThanOrEqual(60);
  });

  it('has each name of the core at the root, and every other name in one place alone', async () => {
    const root = await namesOf('root');
    const core = await namesOf('core');
    const others = (
      await Promise.all(['integration', 'diagnostics', 'nestjs'].map(namesOf))
    ).flat();

    expect(root).toEqual(expect.arrayContaining(core));
    expect([...root, ...others]).toHaveLength(new Set([...root, ...others]).size);
  });

  async function namesOf(report: string): Promise<readonly string[]> {
    const text = await readFile(join(folder, 'signals', `${report}.api.md`), 'utf8');
    return [...new Set([...text.matchAll(NAME)].map(([, name = '']) => name))];
  }
});

/** The lines of each report, by its file, in the order of the files. */
async function reportsIn(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const files = (await readdir(folder)).toSorted();
  const read = async (file: string): Promise<[string, readonly string[]]> => [
    file,
    (await readFile(join(folder, file), 'utf8')).split('\n'),
  ];
  return Object.fromEntries(await Promise.all(files.map(read)));
}
