import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const STRYKER = resolve('node_modules/@stryker-mutator/core/bin/stryker.js');

const STRYKER_CONFIG = `export default {
  mutate: ['double.ts'],
  plugins: [${JSON.stringify(resolve('libs/signals/test/mutation/runner.mjs'))}],
  testRunner: 'specs',
  specs: ['double.spec.ts'],
  coverageAnalysis: 'perTest',
  reporters: ['clear-text'],
  concurrency: 1,
};`;

const SPEC = `import { expect, it } from '@jest/globals';
import { double } from './double.js';
it('doubles', () => expect(double(3)).toBe(7));`;

describe('A run of mutants', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mutants-'));
    await writeFile(join(folder, 'tsconfig.json'), '{}');
    await writeFile(join(folder, 'stryker.config.mjs'), STRYKER_CONFIG);
    await writeFile(join(folder, 'double.ts'), 'export const double = (n: number) => n + n;');
    await writeFile(join(folder, 'double.spec.ts'), SPEC);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('fails when a test fails before any mutant is planted, and says which', () => {
    const options = { cwd: folder, encoding: 'utf8' } as const;

    const { status, stdout } = spawnSync(process.execPath, [STRYKER, 'run'], options);

    expect(stdout).toMatch(/failed in the initial test run:\s+doubles/);
    expect(status).toBe(1);
  });
});
