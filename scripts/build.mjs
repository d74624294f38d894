import { ensureBuilt, ensureLibraryBuilt } from './launcher/build.mjs';
import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';

// With --library, the packages alone.
await launch(async ({ asked }) => {
  await ensureInstalled(asked);
  const ensure = process.argv.includes('--library') ? ensureLibraryBuilt : ensureBuilt;
  await ensure(await chooseRuntime(asked), asked);
  return 0;
});
