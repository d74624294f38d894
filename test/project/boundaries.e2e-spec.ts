import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ALLOWED, FORBIDDEN, type Import } from './imports.js';

const OXLINT = resolve('node_modules/oxlint/bin/oxlint');
const FORMS = {
  value: (specifier: string) => `import { x } from '${specifier}';\nexport { x };\n`,
  type: (specifier: string) => `import type { x } from '${specifier}';\nexport type { x };\n`,
  door: (specifier: string) => `export { x } from '${specifier}';\n`,
  later: (specifier: string) => `export const x = await import('${specifier}');\n`,
} as const;
const FORM_NAMES = ['value', 'type', 'door', 'later'] as const;
const EVERYTHING = ['apps', 'libs', 'test', 'scripts'];

describe('Who may import whom', () => {
  let checkout: string;
  let reported: ReadonlySet<string>;

  beforeAll(async () => {
    checkout = await mkdtemp(join(tmpdir(), 'boundaries-'));
    await cp('.oxlintrc.json', join(checkout, '.oxlintrc.json'));
    for (const each of [...FORBIDDEN, ...ALLOWED]) {
      for (const form of FORM_NAMES) await plant(form, each, checkout);
    }
    reported = filesReportedBy(lint(checkout));
  });

  afterAll(() => rm(checkout, { recursive: true }));

  it.each(FORBIDDEN)('$from may not import $specifier', (each) => {
    for (const form of FORM_NAMES) expect(reported).toContain(fileOf(form, each));
  });

  it.each(ALLOWED)('$from may import $specifier', (each) => {
    for (const form of FORM_NAMES) expect(reported).not.toContain(fileOf(form, each));
  });

  it('is checked by npm run lint, over every folder with code', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));

    expect(scripts.lint).toMatch(/^oxlint .*--deny-warnings/);
    expect(scripts.lint.split(' ')).toEqual(expect.arrayContaining(EVERYTHING));
  });
});

/** A file with nothing but this import, so that whatever is reported in it is about the import. */
async function plant(form: keyof typeof FORMS, planted: Import, checkout: string): Promise<void> {
  const file = join(checkout, fileOf(form, planted));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, FORMS[form](planted.specifier));
}

function fileOf(form: keyof typeof FORMS, { from, specifier }: Import): string {
  return `${from}/${form}-of${specifier.replaceAll(/\W+/g, '-')}.ts`;
}

function lint(checkout: string): string {
  const args = [OXLINT, '--format', 'json', ...EVERYTHING];
  return spawnSync(process.execPath, args, { cwd: checkout, encoding: 'utf8' }).stdout;
}

function filesReportedBy(report: string): ReadonlySet<string> {
  const { diagnostics }: { diagnostics: { code: string; filename: string }[] } = JSON.parse(report);
  const restricted = diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
  return new Set(restricted.map(({ filename }) => filename));
}
