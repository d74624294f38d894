import { attachAll, type IntegrationHost, type SignalsIntegration } from '../integration/index.js';
import { listen } from '../diagnostics/index.js';
import type { MetricRegistry, PrometheusClient } from './client.js';
import { countDropped, type RecordKeeper } from './dropped-counter.js';
import { gaugeDeliveries, type DeliveryDepot } from './delivery-gauges.js';
import { MetricMaker } from './metric-maker.js';
import { Metrics } from './metrics.js';

export interface PrometheusSignalsOptions<Registry extends MetricRegistry> {
  /** The module `prom-client`, or `@prometheus-io/client`. */
  readonly client: PrometheusClient<Registry>;
  /** Where the metrics are made. Applications of one process need one each. */
  readonly registry: Registry;
  /** `durableSignals()`, for the metrics of deliveries; a scrape then asks the database. */
  readonly deliveries?: DeliveryDepot;
  /** The class `Inspector`, or whatever token the application knows it by, for what it had to drop. */
  readonly inspector?: unknown;
  /** The upper bounds of the buckets of receivers' durations, in seconds. Default: 1 ms to 10 s. */
  readonly buckets?: readonly number[];
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts sends, receivers, failures and deliveries for Prometheus. Labels are names that the
 * application declares, so that there are never more of them than it has signals and receivers.
 *
 * ```ts
 * import * as client from '@prometheus-io/client';
 *
 * const durable = durableSignals();
 * const metrics = prometheusSignals({ client, registry: client.register, deliveries: durable });
 * SignalsModule.forRoot({ integrations: [typeOrmSignals(), durable, metrics] });
 * ```
 *
 * Serving the registry is the application's business.
 */
export function prometheusSignals<Registry extends MetricRegistry>({
  client,
  registry,
  deliveries,
  inspector,
  buckets = BUCKETS,
}: PrometheusSignalsOptions<Registry>): SignalsIntegration {
  return {
    name: 'prometheus',
    attach(host) {
      const maker = new MetricMaker(client, registry);
      try {
        const metrics = new Metrics(maker, buckets);
        if (deliveries) gaugeDeliveries(maker, ofApplication(deliveries, host), host.onError);
        if (inspector) countDropped(maker, () => host.resolve(inspector) as RecordKeeper);
        const attached = attachAll([() => maker, () => listen(metrics, host)]);
        return {
          start: async () => metrics.expect(host.signals),
          [Symbol.dispose]: () => attached[Symbol.dispose](),
        };
      } catch (error) {
        maker[Symbol.dispose]();
        throw error;
      }
    },
  };
}

/** Asked when it is scraped: by then the application has started. */
function ofApplication(deliveries: DeliveryDepot, { signals }: IntegrationHost): DeliveryDepot {
  return { counts: () => (deliveries.of?.(signals) ?? deliveries).counts() };
}
