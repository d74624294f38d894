import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Collector } from '../../../../test/support/collector.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PAGE = join(HERE, '../../docs/telemetry.md');
const SOURCES = new URL('../support/run-typescript.mjs', import.meta.url).href;

/** A process starts slowly where others are busy. */
const PATIENCE = 150_000;

describe('The file of the page about telemetry, loaded before an application', () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    const [, code = ''] = /```js\n([^]*?)```/.exec(await readFile(PAGE, 'utf8')) ?? [];
    // Inside the project, whose packages it imports.
    folder = await mkdtemp(join(HERE, '.tracing-'));
    file = join(folder, 'tracing.mjs');
    await writeFile(file, code);
  });
  afterAll(() => rm(folder, { recursive: true }));

  function start({ endpoint }: Collector, ...args: readonly string[]): ChildProcess {
    const { PATH } = process.env;
    const program = join(HERE, 'traced-process.ts');
    return spawn(process.execPath, ['--import', SOURCES, '--import', file, program, ...args], {
      env: {
        PATH,
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
        OTEL_SERVICE_NAME: 'shop',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function ended(shop: ChildProcess): Promise<{ by: unknown; error: string }> {
    let error = '';
    shop.stderr?.setEncoding('utf8').on('data', (chunk) => (error += chunk));
    const [code, signal] = await once(shop, 'close');
    return { by: signal ?? code, error };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'exports all spans of a process that %s ends, to the last one',
    async (signal) => {
      await using collector = await Collector.start();
      const shop = start(collector);
      const end = ended(shop);
      await Promise.race([once(shop.stdout ?? shop, 'data'), end]);

      shop.kill(signal);

      expect(await end).toEqual({ by: signal, error: '' });
      expect(collector.outline()).toEqual([
        'signal shop.opened (internal)',
        '  receiver lights.switchOn (internal)',
        'signal shop.closed (internal)',
      ]);
      expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(['shop']));
    },
    PATIENCE,
  );

  it(
    'exports all spans of a process that ends by itself',
    async () => {
      await using collector = await Collector.start();

      const end = await ended(start(collector, 'ends'));

      expect(end).toEqual({ by: 0, error: '' });
      expect(collector.spans.map(({ name }) => name)).toContain('signal shop.closed');
    },
    PATIENCE,
  );

  it(
    'lets a process end whose collector does not answer, and says so',
    async () => {
      await using collector = await Collector.start('hangs');

      const end = await ended(start(collector, 'ends'));

      expect(end).toEqual({ by: 0, error: expect.stringContaining('Request timed out') });
      expect(collector).toMatchObject({ answered: 0, unanswered: 1 });
    },
    PATIENCE,
  );
});
