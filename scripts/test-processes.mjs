import { parseArgs } from 'node:util';

import { ensureBuilt } from './launcher/build.mjs';
import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { inProject } from './launcher/project.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';
import { withTestDatabase } from './tests/database.mjs';
import { runJest } from './tests/jest.mjs';

const CONFIGURATION = inProject('test', 'processes', 'jest.config.mjs');

const HELP = `npm run test:processes [-- --payments=<number>] [<part of a path>]

Runs the built application in several processes on a real PostgreSQL, and kills them.

  --payments  how many payments the crash story makes (1000)
`;

await launch(async (interruption) => {
  const { values, positionals } = parseArgs({
    options: { payments: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await ensureInstalled(interruption.asked);
  const node = await chooseRuntime(interruption.asked);
  await ensureBuilt(node, interruption.asked);
  return withTestDatabase(interruption, (env) =>
    runJest({
      node,
      env: {
        ...env,
        APPLICATION_NODE: node,
        ...(values.payments && { PAYMENTS: values.payments }),
      },
      interruption,
      args: ['--config', CONFIGURATION, ...positionals],
    }),
  );
});
