import { spawn } from 'node:child_process';

import { project } from './project.mjs';

/**
 * Runs a command in this checkout to its end and collects what it says.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Pick<import('node:child_process').SpawnOptions, 'cwd' | 'env' | 'shell' | 'signal' | 'uid' | 'gid'>} [options]
 * @returns {Promise<{ succeeded: boolean, output: string }>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: project,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ succeeded: code === 0, output: output.trim() }));
  });
}
