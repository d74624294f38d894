import type { Signals } from 'nestjs-signals/core';
import {
  prometheusSignals,
  type DeliveryDepot,
  type MetricRegistry,
  type PrometheusClient,
  type RecordKeeper,
} from 'nestjs-signals/prometheus';

/** A registry as both clients have it. */
interface ScrapedRegistry extends MetricRegistry {
  metrics(): Promise<string>;
}

export interface AnyClient<R extends ScrapedRegistry> extends PrometheusClient<R> {
  readonly Registry: new () => R;
}

export interface ScrapedParts {
  readonly deliveries?: DeliveryDepot;
  readonly inspector?: RecordKeeper;
}

/** The metrics of an application, as Prometheus would scrape them. */
export class Scraped<R extends ScrapedRegistry> implements Disposable {
  readonly reported: unknown[] = [];
  readonly start: () => Promise<void>;
  readonly #registry: R;
  readonly #attached: Disposable;

  constructor(
    client: AnyClient<R>,
    signals: Signals,
    { deliveries, inspector }: ScrapedParts = {},
  ) {
    this.#registry = new client.Registry();
    const integration = prometheusSignals({
      client,
      registry: this.#registry,
      ...(deliveries && { deliveries }),
      inspector,
    });
    const session = integration.attach({
      signals,
      onError: (error) => void this.reported.push(error),
      resolve: (token) => token,
    });
    this.start = async () => session.start?.();
    this.#attached = session;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The samples whose names begin so, without the buckets of histograms. */
  async samples(prefix: string): Promise<readonly string[]> {
    const lines = (await this.text()).split('\n');
    return lines.filter((line) => line.startsWith(prefix) && !line.includes('_bucket{'));
  }

  [Symbol.dispose](): void {
    this.#attached[Symbol.dispose]();
  }
}
