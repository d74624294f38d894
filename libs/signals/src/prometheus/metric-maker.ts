import type { Counter, Gauge, Histogram, MetricRegistry, PrometheusClient } from './client.js';

/** What makes metrics, of whichever client. */
export type Maker = Pick<MetricMaker<MetricRegistry>, 'counter' | 'gauge' | 'histogram'>;

/** Makes metrics in one registry, and takes them out of it again. */
export class MetricMaker<Registry extends MetricRegistry> implements Disposable {
  readonly #names: string[] = [];

  constructor(
    private readonly client: PrometheusClient<Registry>,
    private readonly registry: Registry,
  ) {}

  /**
   * @param collect brings the counter up to date when it is scraped.
   * @throws what the client throws when the registry has a metric of that name.
   */
  counter(name: string, help: string, labels: readonly string[], collect?: () => void): Counter {
    const options = { ...this.#options(name, help, labels), ...(collect && { collect }) };
    return this.#made(name, new this.client.Counter(options));
  }

  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    buckets: readonly number[],
  ): Histogram {
    const options = { ...this.#options(name, help, labels), buckets: [...buckets] };
    return this.#made(name, new this.client.Histogram(options));
  }

  /** @param collect brings the gauge up to date when it is scraped. */
  gauge(
    name: string,
    help: string,
    labels: readonly string[],
    collect: () => Promise<void>,
  ): Gauge {
    const options = { ...this.#options(name, help, labels), collect };
    return this.#made(name, new this.client.Gauge(options));
  }

  [Symbol.dispose](): void {
    for (const name of this.#names.splice(0)) this.registry.removeSingleMetric(name);
  }

  #options(name: string, help: string, labels: readonly string[]) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }

  #made<Metric>(name: string, metric: Metric): Metric {
    this.#names.push(name);
    return metric;
  }
}
