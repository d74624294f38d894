import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { readSpans, type ReceivedSpan } from './otlp.js';

/** Takes spans, or says nothing at all. */
export type Temper = 'takes' | 'hangs';

/** What an application exports to, on the loopback: OTLP over HTTP, in its JSON encoding. */
export class Collector implements AsyncDisposable {
  temper: Temper = 'takes';
  readonly spans: ReceivedSpan[] = [];
  answered = 0;
  unanswered = 0;
  readonly #events = new EventEmitter();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(temper: Temper = 'takes'): Promise<Collector> {
    const collector = new Collector();
    collector.temper = temper;
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  /** What OTEL_EXPORTER_OTLP_ENDPOINT is set to. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Settled once it was asked for something that fits. */
  async until(isEnough: (collector: Collector) => boolean): Promise<void> {
    while (!isEnough(this)) await once(this.#events, 'request');
  }

  /** One line a span, below its parent, in the order of their beginnings. */
  outline(): readonly string[] {
    const ids = new Set(this.spans.map(({ spanId }) => spanId));
    const roots = this.spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
    return inOrder(roots).flatMap((root) => this.#branch(root, ''));
  }

  #branch(span: ReceivedSpan, indent: string): readonly string[] {
    const { name, kind, status, links, spanId } = span;
    const linked = links.map((link) => ` → ${this.#nameOf(link.spanId)}`);
    const failed = status.code === 'error' ? `, error: ${status.message}` : '';
    const children = this.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
    return [
      `${indent}${name} (${kind}${failed})${linked.join('')}`,
      ...inOrder(children).flatMap((child) => this.#branch(child, `${indent}  `)),
    ];
  }

  #nameOf(spanId: string): string {
    return this.spans.find((span) => span.spanId === spanId)?.name ?? spanId;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    const asked = `${method} ${url} ${headers['content-type']}`;
    const body = await json(request);
    if (this.temper === 'hangs') {
      this.unanswered += 1;
    } else {
      const isKnown = asked === 'POST /v1/traces application/json';
      if (isKnown) this.spans.push(...readSpans(body));
      response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
      this.answered += 1;
    }
    this.#events.emit('request');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

function inOrder(spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  return spans.toSorted((one, other) => Number(BigInt(one.start) - BigInt(other.start)));
}
