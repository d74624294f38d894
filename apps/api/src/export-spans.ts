import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

process.env['OTEL_SERVICE_NAME'] ??= 'shop';
const provider = new BasicTracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
registerInstrumentations({
  instrumentations: [
    new HttpInstrumentation({
      // Files, health and the inspector would hide the requests that do something.
      ignoreIncomingRequestHook: ({ url = '' }) => !url.startsWith('/api/'),
    }),
  ],
});

// The last spans are exported before the process ends, by itself or by a signal.
const finish = (): Promise<void> =>
  provider.shutdown().catch((error: unknown) => console.error(error));
process.once('beforeExit', () => void finish());
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Nest closes the application first, and then raises the signal again.
    if (process.listenerCount(signal) === 1) void end(signal);
  });
}

async function end(signal: NodeJS.Signals): Promise<void> {
  await finish();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
