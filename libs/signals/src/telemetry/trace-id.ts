import { isSpanContextValid, type Span } from '@opentelemetry/api';
import type { Cause, DeliveryTrace } from '../diagnostics/index.js';

/** The fact of an entry that says in which trace of the tracer its first span is. */
const TRACE_ID = 'otelTraceId';

/** Leads from an entry, as an inspector shows it, to what the tracer exports of it. */
export function noteTraceId(span: Span, of: Cause | DeliveryTrace): void {
  const spanContext = span.spanContext();
  if (!isSpanContextValid(spanContext)) return;
  let at: Cause | undefined = 'kind' in of ? of : of.cause;
  while (at && at.kind !== 'entry') at = at.cause;
  if (at) at.facts[TRACE_ID] ??= spanContext.traceId;
}
