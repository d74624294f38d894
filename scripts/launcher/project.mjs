import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout. */
export const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param {string[]} path @returns {string} a path in this checkout */
export function inProject(...path) {
  return join(project, ...path);
}

/** @param {string} text one line for the person who waits */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
