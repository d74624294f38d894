import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const HOST = '127.0.0.1';

/**
 * The port of the last time if nobody took it since, so that other programs find the database again.
 *
 * @param {string} home
 * @returns {Promise<number>}
 */
export async function choosePort(home) {
  const file = join(home, 'port');
  const last = Number(await readFile(file, 'utf8').catch(() => 0));
  const port = last > 0 && (await isFree(last)) ? last : await anyFreePort();
  await writeFile(file, String(port));
  return port;
}

/** @param {number} port @returns {Promise<boolean>} */
export async function isFree(port) {
  return listenOn(port).then(
    () => true,
    () => false,
  );
}

/** @param {number} port @returns {Promise<boolean>} whether somebody answers there */
export function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    const settle = (/** @type {boolean} */ accepted) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.setTimeout(1_000, () => settle(false));
  });
}

function anyFreePort() {
  return listenOn(0);
}

/** @param {number} port @returns {Promise<number>} */
function listenOn(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      const used = address !== null && typeof address === 'object' ? address.port : port;
      server.close(() => resolve(used));
    });
  });
}
