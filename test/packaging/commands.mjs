import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs npm as the one that started this process, or else the one of the system.
 *
 * @param {string[]} args
 * @param {{ folder: string, signal?: AbortSignal }} place
 */
export function npm(args, { folder: cwd, signal }) {
  const { npm_execpath: script } = process.env;
  const options = { cwd, ...(signal && { signal }) };
  return script?.endsWith('npm-cli.js')
    ? succeed(execPath, [script, ...args], options)
    : succeed('npm', args, { ...options, shell: process.platform === 'win32' });
}

/**
 * Runs a command that has to succeed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, shell?: boolean }} [options]
 * @returns {Promise<string>} what it says
 */
export async function succeed(command, args, options) {
  try {
    // An npm that is only asked to stop may stay for ever.
    const { stdout } = await run(command, args, { killSignal: 'SIGKILL', ...options });
    return stdout.trim();
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    const output = `${stdout}${stderr}`.trim();
    throw new Error(`${[command, ...args].join(' ')} failed:\n\n${output}`, { cause: error });
  }
}
