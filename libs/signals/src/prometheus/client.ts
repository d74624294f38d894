/** How a metric is made, in the words of both clients. */
export interface MetricOptions<Registry> {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
}

export interface CounterOptions<Registry> extends MetricOptions<Registry> {
  collect?: () => void;
}

export interface GaugeOptions<Registry> extends MetricOptions<Registry> {
  collect: () => Promise<void>;
}

export interface HistogramOptions<Registry> extends MetricOptions<Registry> {
  buckets: number[];
}

type Labels = Record<string, string>;

export interface Counter {
  inc(labels: Labels, value?: number): void;
}

export interface Gauge {
  set(labels: Labels, value: number): void;
}

export interface Histogram {
  observe(labels: Labels, value: number): void;
}

/** What is used of a client of Prometheus: `prom-client`, or `@prometheus-io/client`, its successor. */
export interface PrometheusClient<Registry> {
  readonly Counter: new (options: CounterOptions<Registry>) => Counter;
  readonly Gauge: new (options: GaugeOptions<Registry>) => Gauge;
  readonly Histogram: new (options: HistogramOptions<Registry>) => Histogram;
}

/** What is asked of a registry at the end. */
export interface MetricRegistry {
  removeSingleMetric(name: string): void;
}
