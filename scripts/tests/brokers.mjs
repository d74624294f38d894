import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian and Homebrew put servers, beside what PATH names. */
const USUAL = ['/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * The servers that tests relay to: where they are, or why these tests are not run.
 *
 * @returns {{ env: NodeJS.ProcessEnv, notRun: string | undefined }}
 */
export function findBrokers() {
  const { REDIS_SERVER, NATS_SERVER } = process.env;
  const env = {
    REDIS_SERVER: REDIS_SERVER || pathOf('redis-server'),
    NATS_SERVER: NATS_SERVER || pathOf('nats-server'),
  };
  const missing = [
    ...(env.REDIS_SERVER ? [] : ['redis-server']),
    ...(env.NATS_SERVER ? [] : ['nats-server']),
  ];
  return { env, notRun: missing.length === 0 ? undefined : notRunWithout(missing) };
}

/** @param {string[]} missing */
function notRunWithout(missing) {
  const are = missing.length === 1 ? 'is' : 'are';
  return (
    `Not run: the tests that relay to brokers, because ${missing.join(' and ')} ${are} not installed ` +
    `(Debian: apt-get install ${missing.join(' ')}).`
  );
}

/** @param {string} name */
function pathOf(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...USUAL];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
