import { ensureBuilt } from './launcher/build.mjs';
import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { inProject } from './launcher/project.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';
import { findChromium } from './tests/chromium.mjs';
import { withTestDatabase } from './tests/database.mjs';
import { runJest } from './tests/jest.mjs';

const CONFIGURATION = inProject('test', 'browser', 'jest.config.mjs');

await launch(async (interruption) => {
  const chromium = findChromium();
  await ensureInstalled(interruption.asked);
  const node = await chooseRuntime(interruption.asked);
  await ensureBuilt(node, interruption.asked);
  return withTestDatabase(interruption, (env) =>
    runJest({
      node,
      env: { ...env, CHROMIUM_PATH: chromium, APPLICATION_NODE: node },
      interruption,
      args: ['--config', CONFIGURATION, ...process.argv.slice(2)],
    }),
  );
});
