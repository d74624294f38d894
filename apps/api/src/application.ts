import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import {
  ApplicationLogger,
  configureHttp,
  createAdapter,
  HTTP_OPTIONS,
  StartupError,
  type Configuration,
} from './platform/index.js';

/** The catcher of an application without a mail server is in that one's process. */
class NoMailServerError extends StartupError {
  constructor() {
    super(
      'A worker of its own needs a mail server that all processes share: set SMTP_URL for each.',
    );
  }
}

/** The whole application, ready to listen. */
export async function createApplication(
  configuration: Configuration,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(configuration),
    createAdapter(configuration),
    { ...HTTP_OPTIONS, logger: new ApplicationLogger(configuration) },
  );
  await configureHttp(app);
  return app;
}

/** The application without its doors: it runs durable receivers, and answers nobody. */
export async function createWorker(configuration: Configuration): Promise<INestApplicationContext> {
  if (!configuration.smtpUrl) throw new NoMailServerError();
  return NestFactory.createApplicationContext(AppModule.forRoot(configuration), {
    abortOnError: false,
    logger: new ApplicationLogger(configuration),
  });
}
