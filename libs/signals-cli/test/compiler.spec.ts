import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { compilerOf } from '../src/sources/compiler.js';

describe('The TypeScript that sources are read with', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compilers-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function projectWith(name: string, typescript: string): Promise<string> {
    const project = join(folder, name);
    const installed = join(project, 'node_modules/typescript');
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, 'index.js'), typescript);
    return project;
  }

  it('is that of the project', async () => {
    const project = await projectWith(
      'own',
      `module.exports = { version: '5.0.0-own', createProgram() {} };`,
    );

    expect(compilerOf(project).version).toBe('5.0.0-own');
  });

  it('is that of the command where the project has one without an interface for programs', async () => {
    const project = await projectWith('native', `module.exports = { version: '7.0.0' };`);

    expect(compilerOf(project).version).toBe(ts.version);
  });

  it('is that of the command where the project has none', () => {
    expect(compilerOf(folder).version).toBe(ts.version);
  });
});
