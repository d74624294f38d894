import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { project } from './launcher/project.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';
import { packLibrary } from './package/pack.mjs';

const HELP = `npm run pack:signals [-- --into <folder>]

Builds the library from its sources, whatever was built before, packs it as it is published, and prints
the path of the file, which is what to publish: npm publish <file>

  --into  where to put the file (the root of this checkout)
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
    process.stdout.write(`${await packLibrary({ staging, into, node, signal: asked })}\n`);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return 0;
});
