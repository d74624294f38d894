import { parseArgs } from 'node:util';

import { runApplication, watchApplication } from './launcher/application.mjs';
import { ensureBuilt } from './launcher/build.mjs';
import { withDatabase } from './launcher/database.mjs';
import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';

const HELP = `npm start [-- --watch]

Installs and builds what is missing, starts PostgreSQL and runs the application.
The data is kept in .data/postgres. Ctrl-C stops everything; pressed again, at once.

  --watch       builds and starts again whenever a source changes

Environment:
  DATABASE_URL  a PostgreSQL to use instead of the embedded one
  PORT, HOST    where to listen (3000 on 127.0.0.1; PORT=0 takes any free port)
  SMTP_URL      a mail server to use instead of the embedded catcher
The README lists the rest.
`;

await launch(async (interruption) => {
  const { values } = parseArgs({
    options: { watch: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await ensureInstalled(interruption.asked);
  const node = await chooseRuntime(interruption.asked);
  if (!values.watch) await ensureBuilt(node, interruption.asked);
  const run = values.watch ? watchApplication : runApplication;
  return withDatabase(interruption, (databaseUrl) => run({ node, databaseUrl, interruption }));
});
