import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { throwAwayPostgres } from '../../../scripts/embedded-postgres/index.mjs';
import { ensureBuilt, ENTRY_FILE } from '../../../scripts/launcher/build.mjs';
import { Failure } from '../../../scripts/launcher/failure.mjs';
import { chooseRuntime } from '../../../scripts/launcher/runtime.mjs';

const SHOP = /^ {2}Shop +(http\S+)/;
const INSPECTOR = /^ {2}Signals +(http\S+)/;

/**
 * Builds the application, and does the work while it runs on a database that is thrown away afterwards.
 * The work is told the address of the shop, and the link that opens the inspector.
 *
 * @template T
 * @param {AbortSignal} asked
 * @param {(shop: string, inspector: string) => Promise<T>} work
 * @param {NodeJS.ProcessEnv} [settings] more settings of the application
 * @returns {Promise<T>}
 */
export async function withRunningShop(asked, work, settings = {}) {
  const node = await chooseRuntime(asked);
  await ensureBuilt(node, asked);
  const database = await throwAwayPostgres();
  try {
    const application = spawn(node, ['--enable-source-maps', ENTRY_FILE], {
      env: {
        ...process.env,
        NODE_ENV: 'development',
        DATABASE_URL: database.url,
        HOST: '127.0.0.1',
        PORT: '0',
        RATE_LIMIT: '100000',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(application, 'exit');
    try {
      return await work(...(await addressesIn(application.stdout)));
    } finally {
      application.kill();
      await ended;
    }
  } finally {
    await database.stop();
  }
}

/** @param {import('node:stream').Readable} output @returns {Promise<[shop: string, inspector: string]>} */
function addressesIn(output) {
  return new Promise((resolve, reject) => {
    let shop = '';
    const lines = createInterface(output); // read to its end, or the application would wait
    lines.on('line', (line) => {
      shop ||= originIn(SHOP.exec(line)?.[1]);
      const inspector = INSPECTOR.exec(line)?.[1];
      if (inspector) resolve([shop, inspector]);
    });
    lines.once('close', () => reject(new Failure('The application ended before it was open.')));
  });
}

/** @param {string | undefined} url */
function originIn(url) {
  return url ? new URL(url).origin : '';
}
