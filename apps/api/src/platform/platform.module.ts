import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, Reflector } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { Registry } from '@prometheus-io/client';
import { DurableSignals } from 'nestjs-signals/durable';
import { Configuration } from './configuration/configuration.js';
import { DatabaseModule } from './database/database.module.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { RequestValidationPipe } from './errors/validation.pipe.js';
import { HealthController } from './http/health.controller.js';
import { MetricsController } from './http/metrics.controller.js';
import { RateLimitGuard, rateLimits } from './http/rate-limit.guard.js';
import { RequestDrain } from './http/request-drain.js';
import { RequestContext } from './request-context.js';

/** What the application module makes for all modules. */
export interface PlatformParts {
  readonly durable: DurableSignals;
  readonly metrics: Registry;
}

/** What every module stands on. Imported first, so that its guard is asked first. */
@Global()
@Module({
  imports: [
    DatabaseModule,
    ThrottlerModule.forRootAsync({
      inject: [Configuration, Reflector],
      useFactory: rateLimits,
    }),
  ],
  controllers: [HealthController],
  providers: [
    RequestContext,
    RequestDrain,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [RequestContext],
})
export class PlatformModule {
  static forRoot(configuration: Configuration, { durable, metrics }: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      controllers: configuration.servesMetrics ? [MetricsController] : [],
      providers: [
        { provide: Configuration, useValue: configuration },
        { provide: DurableSignals, useValue: durable },
        { provide: Registry, useValue: metrics },
      ],
      exports: [Configuration, DurableSignals, Registry],
    };
  }
}
