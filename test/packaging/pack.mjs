import { execFile } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { promisify } from 'node:util';

import { inProject } from '../../scripts/launcher/project.mjs';

const run = promisify(execFile);
const library = (/** @type {string[]} */ ...path) => inProject('libs', 'signals', ...path);

/**
 * Builds the library from its sources and packs it as it would be published, beside the checkout:
 * whatever else is being built there stays as it is.
 *
 * @param {string} folder
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>} the path of the tarball
 */
export async function packLibrary(folder, signal) {
  const staged = join(folder, 'staged');
  for (const { name } of await filesOf(library())) {
    await cp(library(name), join(staged, name));
  }
  for (const name of ['bin', 'docs']) {
    await cp(library(name), join(staged, name), { recursive: true });
  }
  const compiler = inProject('node_modules', 'typescript', 'bin', 'tsc');
  const output = join(staged, 'dist');
  await succeed(execPath, [compiler, '-p', library('tsconfig.lib.json'), '--outDir', output], {
    ...(signal && { signal }),
  });
  const packed = await npm(['pack', '--json', '--ignore-scripts', '--loglevel=error'], {
    folder: staged,
    ...(signal && { signal }),
  });
  const [{ filename }] = JSON.parse(packed);
  return join(staged, filename);
}

/** @param {string} folder */
async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile());
}

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

const [, script, folder] = argv;
if (script === import.meta.filename && folder) {
  process.stdout.write(await packLibrary(folder));
}
