import {
  disownBuilt,
  ENTRY_FILE,
  ensureLibraryBuilt,
  NEST,
  PAGES,
  settingsOf,
  TSC,
  VITE,
  WORKER_FILE,
} from './build.mjs';
import { runNode } from './child.mjs';

/** The packages that the application loads. */
const LOADED = /** @type {const} */ (['signals', 'signals-inspector']);

/**
 * @typedef {{
 *   node: string,
 *   databaseUrl: string,
 *   interruption: import('./interruption.mjs').Interruption,
 * }} Options
 */

/**
 * Runs the built application until it ends, and tells its exit code.
 *
 * @param {Options} options
 */
export function runApplication(options) {
  return runDetached(options, ['--enable-source-maps', ENTRY_FILE]);
}

/**
 * Runs the built worker until it ends, and tells its exit code.
 *
 * @param {Options} options
 */
export function runWorker(options) {
  return runDetached(options, ['--enable-source-maps', WORKER_FILE]);
}

/**
 * Builds and runs the application anew whenever a source changes, and builds the pages and the packages that
 * it loads anew beside it.
 *
 * @param {Options} options
 */
export async function watchApplication(options) {
  await ensureLibraryBuilt(options.node, options.interruption.asked);
  // They have nothing to finish, and end with this process.
  void runDetached(options, [VITE, 'build', PAGES, '--watch', '--logLevel', 'warn']);
  for (const name of LOADED) {
    await disownBuilt(name);
    void runDetached(options, [TSC, '-p', settingsOf(name), '--watch', '--preserveWatchOutput']);
  }
  return runDetached(options, [NEST, 'start', 'api', '--watch']);
}

/** @param {Options} options @param {string[]} args */
function runDetached({ node, databaseUrl, interruption }, args) {
  return runNode({
    node,
    args,
    // A checkout is developed in; the application by itself takes no NODE_ENV for production.
    env: {
      ...process.env,
      NODE_ENV: process.env.NODE_ENV || 'development',
      DATABASE_URL: databaseUrl,
    },
    interruption,
    // In a process group of its own it hears of Ctrl-C once, from here.
    detached: process.platform !== 'win32',
  });
}
