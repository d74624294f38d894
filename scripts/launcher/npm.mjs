import { run } from './command.mjs';

/**
 * Runs the npm that started this process, or else the one of the system.
 *
 * @param {string[]} args
 * @param {{ cwd?: string, signal?: AbortSignal }} options
 */
export function npm(args, options) {
  // Under npm, `node` may be a binary inside node_modules, which npm ci deletes: use npm's own.
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script && node) return run(node, [script, ...args], options);
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}
