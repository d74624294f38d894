import {
  context,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import type { Cause, DeliveryTrace } from '../diagnostics/index.js';
import { noteTraceId } from './trace-id.js';

/** The spans that are open, and the contexts in which what they enclose runs. */
export class Spans {
  readonly #spans = new WeakMap<object, Span>();
  readonly #inside = new WeakMap<object, Context>();

  constructor(private readonly tracer: Tracer) {}

  /** @param parent the context that the span is a child of. Default: the active one. */
  begin(
    of: Cause | DeliveryTrace,
    name: string,
    options: SpanOptions,
    parent: Context = context.active(),
  ): Span {
    const span = this.tracer.startSpan(name, options, parent);
    noteTraceId(span, of);
    this.#spans.set(of, span);
    this.#inside.set(of, trace.setSpan(parent, span));
    return span;
  }

  /** Has what a cause encloses run in a context, without a span of its own. */
  enter(cause: object, inside: Context): void {
    this.#inside.set(cause, inside);
  }

  open(of: object): Span | undefined {
    return this.#spans.get(of);
  }

  around<T>(cause: Cause, work: () => T): T {
    const inside = this.#inside.get(cause);
    return inside ? context.with(inside, work) : work();
  }
}

/** Marks a span as failed, and shows the error on the span where it was thrown. */
export function fail(span: Span, error: unknown, isOrigin: boolean): void {
  const shown = error instanceof Error ? error : String(error);
  if (isOrigin) span.recordException(shown);
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: typeof shown === 'string' ? shown : shown.message,
  });
}
