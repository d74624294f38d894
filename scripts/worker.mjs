import { parseArgs } from 'node:util';

import { runWorker } from './launcher/application.mjs';
import { ensureBuilt } from './launcher/build.mjs';
import { withDatabase } from './launcher/database.mjs';
import { ensureInstalled } from './launcher/install.mjs';
import { launch } from './launcher/launch.mjs';
import { chooseRuntime } from './launcher/runtime.mjs';

const HELP = `npm run worker

Runs durable receivers in a process of its own, beside the application and other workers of the same
database. Ctrl-C lets it finish what it is at; pressed again, it ends at once.

Environment:
  DATABASE_URL  the PostgreSQL of the application (unset: the embedded one of this checkout)
  SMTP_URL      the mail server, which all processes share
  METRICS_PORT  where it serves its metrics (unset: nowhere)
Start the application with WORKERS=false to leave all of the work to processes like this one.
`;

await launch(async (interruption) => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await ensureInstalled(interruption.asked);
  const node = await chooseRuntime(interruption.asked);
  await ensureBuilt(node, interruption.asked);
  return withDatabase(interruption, (databaseUrl) =>
    runWorker({ node, databaseUrl, interruption }),
  );
});
