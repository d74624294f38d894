import { context, propagation, trace, type Attributes, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Signals } from 'nestjs-signals';
import { openTelemetrySignals, type OpenTelemetrySignalsOptions } from 'nestjs-signals/telemetry';

/** An OpenTelemetry SDK as an application sets it up, whose spans stay in memory and go to processors. */
export class CollectedSpans implements Disposable {
  readonly tracer: Tracer;
  readonly #exporter = new InMemorySpanExporter();
  readonly #provider: BasicTracerProvider;
  readonly #attached: Disposable[] = [];

  constructor(...processors: readonly SpanProcessor[]) {
    this.#provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(this.#exporter), ...processors],
    });
    trace.setGlobalTracerProvider(this.#provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    this.tracer = this.#provider.getTracer('test');
  }

  /** Tells of an application from now on. */
  follow(signals: Signals, options?: OpenTelemetrySignalsOptions): Disposable {
    const onError = (error: unknown): never => {
      throw error;
    };
    const resolve = (): never => {
      throw new Error('Nothing to resolve outside Nest.');
    };
    const attached = openTelemetrySignals(options).attach({ signals, onError, resolve });
    this.#attached.push(attached);
    return attached;
  }

  get all(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** The only span of a name. */
  named(name: string): ReadableSpan {
    const [found, ...others] = this.all.filter((span) => span.name === name);
    if (!found || others.length > 0) {
      throw new Error(`'${name}' is not the name of one span:\n${this.tree().join('\n')}`);
    }
    return found;
  }

  attributesOf(name: string): Attributes {
    return this.named(name).attributes;
  }

  /** One line a span, indented below its parent, in the order of their beginnings. */
  tree(): readonly string[] {
    const ids = new Set(this.all.map((span) => span.spanContext().spanId));
    const roots = this.all.filter(
      ({ parentSpanContext: parent }) => !ids.has(parent?.spanId ?? ''),
    );
    return inOrder(roots).flatMap((root) => this.#branch(root, ''));
  }

  #branch(span: ReadableSpan, indent: string): string[] {
    const { spanId } = span.spanContext();
    const children = this.all.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === spanId,
    );
    const linked = span.links.map(({ context: to }) => `→ ${this.#nameOf(to.spanId)}`);
    const outcome = span.attributes['signals.outcome'];
    const line = [span.name, typeof outcome === 'string' && outcome !== 'ok' ? outcome : '']
      .concat(linked)
      .filter(Boolean)
      .join(' ');
    return [
      `${indent}${line}`,
      ...inOrder(children).flatMap((child) => this.#branch(child, `${indent}  `)),
    ];
  }

  #nameOf(spanId: string): string {
    return this.all.find((span) => span.spanContext().spanId === spanId)?.name ?? spanId;
  }

  /** Settled once the processors have passed on what there is; fails when one could not. */
  async flush(): Promise<void> {
    await this.#provider.forceFlush();
  }

  forget(): void {
    this.#exporter.reset();
  }

  [Symbol.dispose](): void {
    for (const attached of this.#attached) attached[Symbol.dispose]();
    trace.disable();
    context.disable();
    propagation.disable();
  }
}

function inOrder(spans: readonly ReadableSpan[]): readonly ReadableSpan[] {
  return spans.toSorted(
    (one, other) => one.startTime[0] - other.startTime[0] || one.startTime[1] - other.startTime[1],
  );
}
