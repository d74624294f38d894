import { runNode } from '../launcher/child.mjs';
import { exitCodeOf } from '../launcher/interruption.mjs';
import { inProject } from '../launcher/project.mjs';

const JEST = inProject('node_modules', 'jest', 'bin', 'jest.js');
const FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/**
 * Runs Jest to its end, prints what was left out and, as the last line, the count of its tests, and
 * tells its exit code.
 *
 * @param {{
 *   node: string,
 *   args: string[],
 *   env: import('./database.mjs').TestDatabase & NodeJS.ProcessEnv,
 *   interruption: import('../launcher/interruption.mjs').Interruption,
 *   notRun?: string | undefined,
 * }} options
 * @returns {Promise<number>}
 */
export async function runJest({ node, args, env, interruption, notRun }) {
  const { DATABASE_URL: _, ...inherited } = process.env;
  let tally = '';
  const exitCode = await runNode({
    node,
    args: [...FLAGS, JEST, ...args],
    env: { ...inherited, ...env, NODE_ENV: 'test' },
    interruption,
    onMessage: (message) => {
      tally = message.tally;
    },
  });
  if (notRun) process.stdout.write(`\n${notRun}\n`);
  if (tally) process.stdout.write(`\n${tally}\n`);
  return interruption.asked.aborted ? exitCodeOf(interruption.asked.reason) : exitCode;
}
