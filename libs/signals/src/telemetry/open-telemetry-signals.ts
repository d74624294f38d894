import { trace, type Tracer } from '@opentelemetry/api';
import { attachAll, type SignalsIntegration } from '../integration/index.js';
import {
  listen,
  surround,
  traceSites,
  type CallbackTrace,
  type DeliveryTrace,
} from '../diagnostics/index.js';
import { tellBypass } from './bypass-events.js';
import { CallbackSpans } from './callback-spans.js';
import { DeliverySpans } from './delivery-spans.js';
import { RunSpans } from './run-spans.js';
import { Spans } from './spans.js';

export interface OpenTelemetrySignalsOptions {
  /** Default: the tracer `nestjs-signals` of whatever provider is registered, now or later. */
  readonly tracer?: Tracer;
  /**
   * Whether spans of sends and callbacks tell the line that they come from. Each then costs a captured
   * stack, some 10 microseconds. Those of receivers tell theirs anyway. Default: false.
   */
  readonly sites?: boolean;
}

/**
 * Tells OpenTelemetry of sends, receivers, callbacks and deliveries. Spans of what a receiver does, such
 * as those of an instrumented `pg`, are children of the receiver's. A durable receiver runs in a trace
 * of its own, which is linked with the one that sent to it.
 *
 * ```ts
 * SignalsModule.forRoot({ integrations: [typeOrmSignals(), openTelemetrySignals()] })
 * ```
 *
 * Needs what an OpenTelemetry SDK registers: a tracer provider, a context manager and, for links
 * across processes, a propagator. Without them it costs the listening and tells nobody.
 */
export function openTelemetrySignals(
  options: OpenTelemetrySignalsOptions = {},
): SignalsIntegration {
  return {
    name: 'open-telemetry',
    attach(host) {
      const spans = new Spans(options.tracer ?? trace.getTracer('nestjs-signals'));
      const runs = new RunSpans(spans);
      const deliveries = new DeliverySpans(spans);
      const callbacks = new CallbackSpans(spans);
      const listeners = {
        entry: deliveries.entry,
        send: runs.send,
        receiver: runs.receiver,
        callback: (callback: CallbackTrace) => callbacks.changed(callback),
        delivery: (delivery: DeliveryTrace) => deliveries.written(delivery),
        bypass: tellBypass,
      };
      return attachAll([
        () => listen(listeners, host),
        () => surround((cause, work) => spans.around(cause, work)),
        ...(options.sites ? [traceSites] : []),
      ]);
    },
  };
}
