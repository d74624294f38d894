import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { throwAwayPostgres } from '../../../scripts/embedded-postgres/index.mjs';
import { ensureBuilt, ENTRY_FILE } from '../../../scripts/launcher/build.mjs';
import { Failure } from '../../../scripts/launcher/failure.mjs';
import { chooseRuntime } from '../../../scripts/launcher/runtime.mjs';

const ADDRESS = /^ {2}Shop +(http\S+)/;

/**
 * Builds the application, and does the work while it runs on a database that is thrown away afterwards.
 *
 * @template T
 * @param {AbortSignal} asked
 * @param {(url: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withRunningShop(asked, work) {
  const node = await chooseRuntime(asked);
  await ensureBuilt(node, asked);
  const database = await throwAwayPostgres();
  try {
    const application = spawn(node, [ENTRY_FILE], {
      env: {
        ...process.env,
        NODE_ENV: 'development',
        DATABASE_URL: database.url,
        HOST: '127.0.0.1',
        PORT: '0',
        RATE_LIMIT: '100000',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(application, 'exit');
    try {
      return await work(await addressOf(application.stdout));
    } finally {
      application.kill();
      await ended;
    }
  } finally {
    await database.stop();
  }
}

/** @param {import('node:stream').Readable} output @returns {Promise<string>} */
function addressOf(output) {
  return new Promise((resolve, reject) => {
    const lines = createInterface(output); // read to its end, or the application would wait
    lines.on('line', (line) => {
      const [, url] = ADDRESS.exec(line) ?? [];
      if (url) resolve(new URL(url).origin);
    });
    lines.once('close', () => reject(new Failure('The application ended before it was open.')));
  });
}
