import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';
import { findBrokers } from './tests/brokers.mjs';
import { withTestDatabase } from './tests/database.mjs';
import { runJest } from './tests/jest.mjs';

await launch(async (interruption) => {
  await ensureInstalled(interruption.asked);
  const node = await chooseRuntime(interruption.asked);
  const brokers = findBrokers();
  return withTestDatabase(interruption, (env) =>
    runJest({
      node,
      env: { ...env, ...brokers.env },
      interruption,
      args: process.argv.slice(2),
      notRun: brokers.notRun,
    }),
  );
});
