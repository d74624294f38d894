import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
} from '@opentelemetry/api';
import type { DeliveryTrace, EntryTrace, SpanListener } from '../diagnostics/index.js';
import { placeAttributes } from './attributes.js';
import { fail, type Spans } from './spans.js';

/** The facts of an entry of kind `job`. */
interface JobFacts {
  readonly receiver?: string;
  readonly signal?: string;
  readonly deliveryId?: string;
  readonly eventId?: string;
  readonly attempt?: number;
  readonly carrier?: Readonly<Record<string, string>>;
}

/** Spans on both ends of a delivery, which are linked by the context that it carries. */
export class DeliverySpans {
  readonly entry: SpanListener<EntryTrace> = {
    start: (entry) => {
      if (entry.entry === 'job') this.#taken(entry, entry.facts);
    },
    end: (entry) => {
      const span = this.spans.open(entry);
      if (!span) return;
      const hasFailed = 'error' in entry;
      span.setAttribute('signals.outcome', hasFailed ? 'failed' : 'ok');
      if (hasFailed) fail(span, entry.error, false);
      span.end();
    },
  };

  constructor(private readonly spans: Spans) {}

  written(delivery: DeliveryTrace): void {
    const { receiver, delay, carrier, place } = delivery;
    const span = this.spans.begin(delivery, `delivery ${receiver.dispatchUid} enqueue`, {
      kind: SpanKind.PRODUCER,
      attributes: {
        ...messagingAttributes('send', { ...delivery, receiver: receiver.dispatchUid }),
        'signals.signal': receiver.signal,
        ...(delay > 0 && { 'signals.delay_ms': delay }),
        ...placeAttributes(place),
      },
    });
    propagation.inject(trace.setSpan(context.active(), span), carrier);
    span.end();
  }

  /** In a trace of its own: the one that sent it may have ended long ago, and retries are many. */
  #taken(entry: EntryTrace, facts: JobFacts): void {
    const carried = propagation.extract(ROOT_CONTEXT, facts.carrier ?? {});
    const sent = trace.getSpanContext(carried);
    const { attempt, signal } = facts;
    this.spans.begin(
      entry,
      `delivery ${facts.receiver ?? 'unknown'} process`,
      {
        kind: SpanKind.CONSUMER,
        links: sent ? [{ context: sent }] : [],
        attributes: {
          ...messagingAttributes('process', facts),
          ...(signal !== undefined && { 'signals.signal': signal }),
          ...(attempt !== undefined && { 'signals.attempt': attempt }),
        },
      },
      trace.deleteSpan(carried),
    );
  }
}

/** The names of OpenTelemetry's conventions for messaging, beside the project's own. */
function messagingAttributes(
  operation: 'send' | 'process',
  { receiver, deliveryId, eventId }: Pick<JobFacts, 'receiver' | 'deliveryId' | 'eventId'>,
): Attributes {
  return {
    'messaging.system': 'nestjs-signals',
    'messaging.operation.type': operation,
    ...(receiver !== undefined && {
      'messaging.destination.name': receiver,
      'signals.receiver': receiver,
    }),
    ...(deliveryId !== undefined && { 'messaging.message.id': deliveryId }),
    ...(eventId !== undefined && { 'signals.event_id': eventId }),
  };
}
