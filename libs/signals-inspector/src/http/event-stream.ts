import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Signals } from 'nestjs-signals/core';
import type { DurableDesk } from '../dead-letter-desk.js';
import type { Recorder } from '../recorder/recorder.js';
import type { Trace } from '../recorder/trace.js';
import { Lookout } from './lookout.js';
import type { Viewer } from './viewer.js';

interface Client {
  readonly response: ServerResponse;
  readonly viewer: Viewer;
  /** Summaries that it was too slow for. */
  dropped: number;
}

/** Ten messages a second at most. */
const BATCH_EVERY = 100;
const PING_EVERY = 15_000;
/** What may wait for a client that reads slowly, in bytes. */
const MOST_WAITING = 512 * 1_024;
const MOST_CLIENTS = 50;
/** How soon a browser comes back, in milliseconds. */
const RETRY_AFTER = 1_000;

/**
 * Tells open pages of every trace that changed, as server-sent events. The id of an event is a
 * sequence, so that a page that comes back is told what it missed. Timers run only while anybody listens.
 */
export class EventStream {
  /** Of this start of the process. */
  readonly boot = randomBytes(6).toString('hex');
  readonly bootedAt = new Date().toISOString();
  readonly #clients = new Set<Client>();
  readonly #changed = new Set<Trace>();
  #flushing: NodeJS.Timeout | undefined;
  #pinging: NodeJS.Timeout | undefined;
  readonly #lookout: Lookout;

  constructor(
    private readonly recorder: Recorder,
    signals: Signals,
    durable: () => DurableDesk | undefined,
  ) {
    this.#lookout = new Lookout(signals, durable, (event, data) => this.#tellAll(event, data));
  }

  get isFull(): boolean {
    return this.#clients.size >= MOST_CLIENTS;
  }

  open(request: IncomingMessage, response: ServerResponse, viewer: Viewer): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    response.write(`retry: ${RETRY_AFTER}\n\n`);
    const client: Client = { response, viewer, dropped: 0 };
    const last = request.headers['last-event-id'];
    this.#greet(client, typeof last === 'string' ? last : undefined);
    this.#clients.add(client);
    this.recorder.writer.changed = (trace) => this.#note(trace);
    this.#pinging ??= setInterval(() => this.#ping(), PING_EVERY).unref();
    this.#lookout.begin();
    if (this.#lookout.counts)
      this.#send(client, 'jobs', this.#lookout.counts, this.recorder.writer.sequence);
    response.once('close', () => this.#leave(client));
  }

  /** Ends every stream, so that a shutdown need not wait for them. */
  close(): void {
    for (const client of this.#clients) {
      client.response.end();
      this.#leave(client);
    }
  }

  #greet(client: Client, last: string | undefined): void {
    const { store, writer } = this.recorder;
    const [boot = '', sequence = ''] = last?.split(':') ?? [];
    const { boot: id, bootedAt } = this;
    this.#send(client, 'hello', { boot: id, bootedAt, sequence: writer.sequence }, writer.sequence);
    if (last === undefined) return;
    if (boot !== this.boot) {
      this.#send(client, 'restart', { boot: id, bootedAt }, writer.sequence);
      return;
    }
    const since = Number(sequence);
    const gone = store.missedSince(since);
    if (gone > 0) this.#send(client, 'dropped', { gone }, writer.sequence);
    const missed = store.list().filter((trace) => trace.sequence > since);
    this.#sendTraces(client, missed.toReversed());
  }

  #note(trace: Trace): void {
    this.#changed.add(trace);
    this.#flushing ??= setTimeout(() => this.#flush(), BATCH_EVERY).unref();
  }

  #flush(): void {
    this.#flushing = undefined;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const client of this.#clients) this.#sendTraces(client, changed);
  }

  #sendTraces(client: Client, traces: readonly Trace[]): void {
    if (traces.length === 0) return;
    if (client.response.writableLength > MOST_WAITING) {
      client.dropped += traces.length;
      return;
    }
    const { sequence } = this.recorder.writer;
    if (client.dropped > 0) this.#send(client, 'dropped', { slow: client.dropped }, sequence);
    client.dropped = 0;
    const summaries = traces.map((trace) => client.viewer.summary(trace));
    this.#send(client, 'traces', summaries, sequence);
  }

  #send({ response }: Client, event: string, data: unknown, sequence: number): void {
    response.write(
      `event: ${event}\nid: ${this.boot}:${sequence}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }

  #ping(): void {
    this.#tellAll('ping', this.recorder.store.state);
  }

  #tellAll(event: string, data: unknown): void {
    for (const client of this.#clients) {
      this.#send(client, event, data, this.recorder.writer.sequence);
    }
  }

  #leave(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.recorder.writer.changed = undefined;
    this.#changed.clear();
    clearTimeout(this.#flushing);
    clearInterval(this.#pinging);
    this.#lookout.end();
    this.#flushing = undefined;
    this.#pinging = undefined;
  }
}
