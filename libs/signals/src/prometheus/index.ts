export type {
  Counter,
  CounterOptions,
  Gauge,
  GaugeOptions,
  Histogram,
  HistogramOptions,
  MetricOptions,
  MetricRegistry,
  PrometheusClient,
} from './client.js';
export type { DeliveryCounts, DeliveryDepot } from './delivery-gauges.js';
export type { DroppedRecords, RecordKeeper } from './dropped-counter.js';
export { prometheusSignals, type PrometheusSignalsOptions } from './prometheus-signals.js';
