import {
  Injectable,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from '@prometheus-io/client';
import { Configuration } from '../configuration/configuration.js';
import { ProblemFilter } from '../errors/problem.filter.js';
import { openPort } from '../startup/listen.js';
import { createAdapter, HTTP_OPTIONS } from './http.js';
import { MetricsController } from './metrics.controller.js';

/** Answers at one address, and knows nothing of the shop. */
@Module({ controllers: [MetricsController] })
class MetricsModule {
  static of(configuration: Configuration, metrics: Registry): DynamicModule {
    return {
      module: MetricsModule,
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: Registry, useValue: metrics },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}

/** Serves the metrics of a process that has no doors of its own, at METRICS_PORT. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private app: NestFastifyApplication | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly metrics: Registry,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { host, metricsPort: port } = this.configuration;
    if (port === undefined) return;
    this.app = await NestFactory.create<NestFastifyApplication>(
      MetricsModule.of(this.configuration, this.metrics),
      createAdapter(this.configuration),
      HTTP_OPTIONS,
    );
    await openPort(this.app, { host, port, variable: 'METRICS_PORT' });
    new Logger('Metrics').log(`Served at ${await this.url()}`);
  }

  /** Undefined where no port is set. */
  async url(): Promise<string | undefined> {
    return this.app && `${await this.app.getUrl()}/metrics`;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.app?.close();
  }
}
