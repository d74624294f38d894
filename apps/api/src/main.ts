import './node-version.js';
import './tracing.js';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Inspector } from 'nestjs-signals-inspector';
import { createApplication } from './application.js';
import { Configuration, listen, readConfiguration, StartupError } from './platform/index.js';

try {
  const app = await createApplication(readConfiguration(process.env));
  app.enableShutdownHooks();
  await listen(app);
  await announce(app);
} catch (error) {
  console.error(error instanceof StartupError ? error.message : error);
  process.exit(1);
}

const NEEDS_HTTPS =
  'Browsers stay signed in over https and at localhost alone. Where they come over plain http, ' +
  'name that address: PUBLIC_URL=http://…';

async function announce(app: NestFastifyApplication): Promise<void> {
  const { isEncrypted, isProduction, publicUrl, smtpUrl, staff } = app.get(Configuration);
  const url = publicUrl ?? (await app.getUrl());
  if (isProduction) {
    const logger = new Logger('Shop');
    logger.log(`Answers at ${url}`);
    if (!isEncrypted) logger.warn(`${url} is not encrypted: passwords and sessions can be read.`);
    else if (url.startsWith('http:')) logger.log(NEEDS_HTTPS);
    return;
  }
  const lines = [
    'The shop is open.',
    `  Shop    ${url}/`,
    `  API     ${url}/api/v1`,
    `  Docs    ${url}/docs`,
    `  Health  ${url}/health/ready`,
  ];
  if (!smtpUrl) lines.push(`  Mail    ${url}/dev/mail`);
  const inspector = app.get(Inspector).link(url);
  if (inspector) lines.push(`  Signals ${inspector}`);
  if (staff) lines.push(`  Staff   ${staff.email}, password: ${staff.password}`);
  console.log(lines.join('\n'));
}
