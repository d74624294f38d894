import './node-version.js';
import './tracing.js';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Inspector } from 'nestjs-signals/inspector';
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

async function announce(app: NestFastifyApplication): Promise<void> {
  const { isProduction, publicUrl, smtpUrl, staff } = app.get(Configuration);
  const url = publicUrl ?? (await app.getUrl());
  if (isProduction) {
    new Logger('Shop').log(`Answers at ${url}`);
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
