import { existsSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';

import { ensurePostgres } from '../embedded-postgres/index.mjs';
import { inProject, say } from './project.mjs';

const EMBEDDED = { dataDirectory: inProject('.data', 'postgres') };

/**
 * Runs the work with the address of a database: the one in DATABASE_URL, or else the embedded one,
 * which runs for as long as anybody in this checkout uses it.
 *
 * @param {import('./interruption.mjs').Interruption} interruption
 * @param {(url: string) => Promise<number>} work
 */
export async function withDatabase({ asked }, work) {
  const { DATABASE_URL: given } = process.env;
  if (given) return work(given);

  if (!existsSync(EMBEDDED.dataDirectory)) say('Making a database in .data/postgres…');
  const server = await ensurePostgres(EMBEDDED);
  const done = new AbortController();
  const watching = revive(server, done.signal).catch((error) => {
    if (!done.signal.aborted) say(error.message);
  });
  try {
    asked.throwIfAborted();
    return await work(server.url);
  } finally {
    done.abort();
    await watching;
    await server.stop();
  }
}

/**
 * Starts the server again, at the same address, when it crashes or is killed.
 *
 * @param {import('../embedded-postgres/index.mjs').EmbeddedPostgres} server
 * @param {AbortSignal} signal
 */
async function revive(server, signal) {
  for await (const _ of setInterval(500, undefined, { signal })) {
    if (server.isRunning()) continue;
    say('PostgreSQL has ended, starting it again…');
    await ensurePostgres(EMBEDDED);
  }
}
