import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';
import { withTestDatabase } from './tests/database.mjs';
import { runStryker } from './tests/stryker.mjs';

const PARTS = ['core', 'transactions'];

const HELP = `npm run test:mutation [-- [part] [options of Stryker]]

Plants one small bug after the other into the library and counts those that no test finds.
Without a part all of them run; each fails when too many bugs stay unfound. The reports
are in .data/mutation; docs/mutation-testing.md tells the last scores.

  core          the core, with its specs, without a database
  transactions  the TypeORM part, with its specs, on a throw-away PostgreSQL

  --force       tries also what an earlier run tried and nobody has changed since
  --mutate <f>  only these files, or lines of a file: <file>:<from>-<to>
`;

await launch(async (interruption) => {
  const [first = '', ...rest] = process.argv.slice(2);
  if (first === '--help' || first === '-h') {
    process.stdout.write(HELP);
    return 0;
  }
  const named = PARTS.filter((part) => part === first);
  const args = named.length > 0 ? rest : process.argv.slice(2);
  await ensureInstalled(interruption.asked);
  const node = await chooseRuntime(interruption.asked);
  const exitCodes = [];
  for (const part of named.length > 0 ? named : PARTS) {
    const mutate = (/** @type {NodeJS.ProcessEnv} */ env) =>
      runStryker({ part, node, env, interruption, args });
    exitCodes.push(
      part === 'core' ? await mutate({}) : await withTestDatabase(interruption, mutate),
    );
    if (interruption.asked.aborted) break;
  }
  return Math.max(...exitCodes);
});
