import { spawn } from 'node:child_process';

import { exitCodeOf } from './interruption.mjs';
import { project } from './project.mjs';

const FOLLOW_LAUNCHER = new URL('follow-launcher.mjs', import.meta.url).href;

/**
 * Runs Node in the foreground until it ends, and tells its exit code: 0 also if it ended because it
 * was asked to. It is asked to when this process is, and it does not outlive this process.
 *
 * @param {{
 *   node: string,
 *   args: string[],
 *   env: NodeJS.ProcessEnv,
 *   interruption: import('./interruption.mjs').Interruption,
 *   detached?: boolean,
 *   onMessage?: (message: any) => void,
 * }} options
 * @returns {Promise<number>}
 */
export function runNode({ node, args, env, interruption, detached = false, onMessage }) {
  const { asked, urged } = interruption;
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['--import', FOLLOW_LAUNCHER, ...args], {
      cwd: project,
      env: { ...env, LAUNCHER_PID: String(process.pid) },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      detached,
    });
    let running = true;
    const send = (/** @type {NodeJS.Signals} */ signal) => {
      if (!running) return;
      if (detached) signalGroup(child.pid, signal);
      else child.kill(signal);
    };
    const passOn = () => send(asked.reason);
    const kill = () => send('SIGKILL');

    asked.addEventListener('abort', passOn);
    urged.addEventListener('abort', kill);
    process.once('exit', kill);
    if (asked.aborted) passOn();

    if (onMessage) child.on('message', onMessage);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running = false;
      const obeyed = asked.aborted && (code === 0 || signal === asked.reason);
      resolve(obeyed ? 0 : (code ?? exitCodeOf(signal ?? 'SIGKILL')));
    });
  });
}

/** @param {number | undefined} leader @param {NodeJS.Signals} signal */
function signalGroup(leader, signal) {
  try {
    if (leader !== undefined) process.kill(-leader, signal);
  } catch {
    // Nobody is left in it.
  }
}
