import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import {
  ApplicationLogger,
  configureHttp,
  createAdapter,
  HTTP_OPTIONS,
  type Configuration,
} from './platform/index.js';

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
