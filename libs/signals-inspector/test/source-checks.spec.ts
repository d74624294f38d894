import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceChecks } from '../src/http/source-checks.js';
import { PATIENCE } from '../../../test/packaging/command.js';
import { installFaultyApplication } from '../../../test/packaging/faulty-application.js';
import { PackedLibrary } from '../../../test/packaging/packed-library.js';

describe('The checks of the sources', () => {
  let library: PackedLibrary;
  let folder: string;
  beforeAll(async () => {
    library = await PackedLibrary.make();
    ({ folder } = await installFaultyApplication(library));
  }, PATIENCE);
  afterAll(() => library.remove());

  it(
    'find what the command finds, each with its place, and read once for all who ask meanwhile',
    async () => {
      const checks = new SourceChecks(folder);

      const asked = [checks.run(), checks.run()];
      const { findings } = await checks.run();

      expect(new Set(asked).size).toBe(1);
      expect(findings).toContainEqual({
        rule: 'SIG001',
        severity: 'error',
        place: { file: expect.stringMatching(/^src\/.*\.ts$/), line: expect.any(Number) },
        message: expect.any(String),
      });
    },
    PATIENCE,
  );

  it('say why when there is nothing to read', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'no-project-'));

    await expect(new SourceChecks(empty).run()).rejects.toMatchObject({
      status: 503,
      type: 'not-linted',
      message: expect.stringContaining('nestjs-signals-cli is not installed in'),
    });
    await rm(empty, { recursive: true });
  });

  describe('of a command that is not alone on the standard output', () => {
    const REPORT = JSON.stringify({ findings: [], suppressed: [] }, null, 2);
    let noisy: string;
    const lintOf = async (...printed: string[]) => {
      const bin = join(noisy, 'node_modules/nestjs-signals-cli/bin');
      await mkdir(bin, { recursive: true });
      const command = `process.stdout.write(${JSON.stringify(printed.join('\n'))});`;
      await writeFile(join(bin, 'signals.mjs'), command);
      return new SourceChecks(noisy).run();
    };
    beforeAll(async () => {
      noisy = await mkdtemp(join(tmpdir(), 'noisy-project-'));
    });
    afterAll(() => rm(noisy, { recursive: true }));

    it('are found among what a process of the application prints past the console', async () => {
      const noise = '[dotenv@17] injecting env (47) from .env';

      expect(await lintOf(noise, REPORT, noise)).toEqual({ findings: [], suppressed: [] });
    });

    it('are refused with what was said, where there is no report', async () => {
      await expect(lintOf('{', 'no report')).rejects.toMatchObject({
        status: 503,
        type: 'not-linted',
      });
    });
  });
});
