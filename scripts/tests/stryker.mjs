import { runNode } from '../launcher/child.mjs';
import { exitCodeOf } from '../launcher/interruption.mjs';
import { inProject } from '../launcher/project.mjs';

const STRYKER = inProject('node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');

/**
 * Mutates one part of the library to the end and tells Stryker's exit code: 1 also when too few
 * mutants were killed.
 *
 * @param {{
 *   part: string,
 *   node: string,
 *   args: string[],
 *   env: NodeJS.ProcessEnv,
 *   interruption: import('../launcher/interruption.mjs').Interruption,
 * }} options
 * @returns {Promise<number>}
 */
export async function runStryker({ part, node, env, interruption, args }) {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const config = inProject('libs', 'signals', 'test', 'mutation', `${part}.config.mjs`);
  const exitCode = await runNode({
    node,
    args: [STRYKER, 'run', config, ...args],
    env: { ...inherited, ...env },
    interruption,
  });
  return interruption.asked.aborted ? exitCodeOf(interruption.asked.reason) : exitCode;
}
