import { createRequire } from 'node:module';

// Spans are exported where a collector is named. Required, not awaited: what is imported after this
// file would be loaded meanwhile, and the SDK looks into what is loaded after it.
if (process.env['OTEL_EXPORTER_OTLP_ENDPOINT']) {
  createRequire(import.meta.url)('./export-spans.js');
}
