export type {
  Counter,
  Gauge,
  GaugeOptions,
  Histogram,
  HistogramOptions,
  MetricOptions,
  MetricRegistry,
  PrometheusClient,
} from './client.js';
export type { DeliveryCounts, DeliveryDepot } from './delivery-gauges.js';
export { prometheusSignals, type PrometheusSignalsOptions } from './prometheus-signals.js';
