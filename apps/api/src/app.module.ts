import { Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import * as prometheus from '@prometheus-io/client';
import { durableSignals } from 'nestjs-signals/durable';
import { eventEmitterSignals } from 'nestjs-signals/event-emitter';
import { Inspector } from 'nestjs-signals-inspector';
import { SignalsModule } from 'nestjs-signals';
import { prometheusSignals } from 'nestjs-signals/prometheus';
import { openTelemetrySignals } from 'nestjs-signals/telemetry';
import { typeOrmSignals } from 'nestjs-signals/typeorm';
import { AccountsModule } from './accounts/index.js';
import { AuditModule } from './audit/index.js';
import { inspectorModule } from './inspector.js';
import { BillingModule } from './billing/index.js';
import { NotificationsModule } from './notifications/index.js';
import { OrdersModule } from './orders/index.js';
import { PlatformModule, type Configuration } from './platform/index.js';

/** The only file that knows every module. */
@Module({})
export class AppModule {
  static forRoot(configuration: Configuration): DynamicModule {
    const durable = durableSignals({ workers: configuration.workers });
    const metrics = new prometheus.Registry();
    const counting = {
      client: prometheus,
      registry: metrics,
      deliveries: durable,
      inspector: Inspector,
    };
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(configuration, { durable, metrics }),
        EventEmitterModule.forRoot({ wildcard: true }),
        SignalsModule.forRoot({
          strict: true,
          integrations: [
            typeOrmSignals(),
            durable,
            eventEmitterSignals(),
            ...(configuration.servesMetrics ? [prometheusSignals(counting)] : []),
            ...(configuration.exportsSpans ? [openTelemetrySignals()] : []),
          ],
        }),
        AccountsModule,
        OrdersModule,
        BillingModule,
        NotificationsModule,
        AuditModule,
        inspectorModule(durable),
      ],
    };
  }
}
