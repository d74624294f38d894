import { SpanKind, SpanStatusCode, type Attributes, type HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** A span as a collector understands it. */
export interface ReceivedSpan {
  readonly service: unknown;
  readonly scope: string;
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** Nanoseconds since 1970. */
  readonly start: string;
  readonly end: string;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: string; readonly message: string };
}

/** The JSON encoding of OTLP: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** A text where it may be beyond 2^53. */
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly Value[] };
}

type KeyValues = readonly { readonly key: string; readonly value: Value }[];

interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly WireSpan[];
    }[];
  }[];
}

interface WireSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: KeyValues;
  readonly events: readonly { readonly name: string; readonly attributes: KeyValues }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number; readonly message?: string };
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const CODES = ['unset', 'ok', 'error'];

/** The spans of an export request. */
export function readSpans(body: unknown): readonly ReceivedSpan[] {
  return (body as Request).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = attributesOf(resource.attributes)['service.name'];
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({ service, scope: scope.name, ...received(span) })),
    );
  });
}

function received(span: WireSpan): Omit<ReceivedSpan, 'service' | 'scope'> {
  const { name, kind, traceId, spanId, parentSpanId = '', status, links } = span;
  return {
    name,
    kind: KINDS[kind] ?? '',
    traceId,
    spanId,
    parentSpanId,
    start: span.startTimeUnixNano,
    end: span.endTimeUnixNano,
    attributes: attributesOf(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      attributes: attributesOf(event.attributes),
    })),
    links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
    status: { code: CODES[status.code] ?? '', message: status.message ?? '' },
  };
}

/** What a collector is to understand of a span that the process has made. */
export function asReceived(span: ReadableSpan): ReceivedSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    service: span.resource.attributes['service.name'],
    scope: span.instrumentationScope.name,
    name: span.name,
    kind: (SpanKind[span.kind] ?? '').toLowerCase(),
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    start: nanoseconds(span.startTime),
    end: nanoseconds(span.endTime),
    attributes: span.attributes,
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes })),
    links: span.links.map(({ context: to }) => ({ traceId: to.traceId, spanId: to.spanId })),
    status: {
      code: (SpanStatusCode[span.status.code] ?? '').toLowerCase(),
      message: span.status.message ?? '',
    },
  };
}

function nanoseconds([seconds, rest]: HrTime): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));
}

function attributesOf(pairs: KeyValues): Attributes {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key, valueOf(value) as Attributes[string]]),
  );
}

function valueOf({ arrayValue, intValue, ...other }: Value): unknown {
  if (arrayValue) return arrayValue.values.map(valueOf);
  return intValue === undefined ? Object.values(other)[0] : Number(intValue);
}
