import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import {
  ApplicationLogger,
  configureHttp,
  createAdapter,
  HTTP_OPTIONS,
  MetricsServer,
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

@Module({ providers: [MetricsServer] })
class WorkerModule {
  static forRoot(configuration: Configuration): DynamicModule {
    return { module: WorkerModule, imports: [AppModule.forRoot(configuration)] };
  }
}

/** The application without its doors: it runs durable receivers, and serves nothing but its metrics. */
export async function createWorker(configuration: Configuration): Promise<INestApplicationContext> {
  if (!configuration.smtpUrl) throw new NoMailServerError();
  return NestFactory.createApplicationContext(WorkerModule.forRoot(configuration), {
    abortOnError: false,
    logger: new ApplicationLogger(configuration),
  });
}
