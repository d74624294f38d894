import { ensureBuilt } from './launcher/build.mjs';
import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';

await launch(async ({ asked }) => {
  await ensureInstalled(asked);
  await ensureBuilt(await chooseRuntime(asked), asked);
  return 0;
});
