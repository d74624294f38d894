import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { project } from './launcher/project.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';
import { packPackages } from './package/pack.mjs';

const HELP = `npm run pack:signals [-- --into <folder>]

Builds the packages from their sources, whatever was built before, packs them as they are published, and
prints the path of each file, one a line, in the order to publish them: npm publish <file>

  --into  where to put the files (the root of this checkout)
`;

await launch(async ({ asked }) => {
  const { values } = parseArgs({
    options: { into: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await ensureInstalled(asked);
  const node = await chooseRuntime(asked);
  const staging = await mkdtemp(join(tmpdir(), 'signals-package-'));
  try {
    const into = resolve(values.into ?? project);
    const packed = await packPackages({ staging, into, node, signal: asked });
    process.stdout.write(`${packed.join('\n')}\n`);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return 0;
});
