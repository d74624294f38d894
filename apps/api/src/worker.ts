import './node-version.js';
import './tracing.js';
import { Logger } from '@nestjs/common';
import { createWorker } from './application.js';
import { readConfiguration, StartupError } from './platform/index.js';

try {
  const app = await createWorker(readConfiguration({ ...process.env, WORKERS: 'true' }));
  app.enableShutdownHooks();
  new Logger('Worker').log('Runs durable receivers until it is stopped.');
} catch (error) {
  console.error(error instanceof StartupError ? error.message : error);
  process.exit(1);
}
