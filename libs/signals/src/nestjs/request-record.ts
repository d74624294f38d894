import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  entryChannel,
  runCallbacks,
  type EntryTrace,
  type ErrorSink,
  type Signal,
  type Signals,
} from '../index.js';
import { enterRequest } from './request-entry.js';
import { onRequestEnd } from './request-ending.js';
import {
  requestFailed,
  requestFinished,
  requestStarted,
  type RequestEnd,
  type RequestEvent,
} from './request-signals.js';

/** One request from its arrival to its end, and the signals that tell of it. */
export class RequestRecord {
  /** Settled when the request is over and its signals are under way. */
  readonly ended: Promise<void>;
  /** The trace of the request; undefined when nobody listens. */
  readonly entry: EntryTrace | undefined;
  readonly #startedAt = performance.now();
  readonly #facts: Omit<RequestEvent, 'request'>;
  #context = currentContext();
  #handler: string | null = null;
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(
    private readonly signals: Signals,
    private readonly onError: ErrorSink,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    const { method = '', url = '' } = request;
    this.#facts = { id: randomUUID(), method, path: url.replace(/[?#].*/s, '') };
    const { id } = this.#facts;
    this.entry = entryChannel.hasSubscribers
      ? enterRequest(signals, id, request, response)
      : undefined;
    this.ended = new Promise((resolve) => {
      onRequestEnd(request, response, (isAborted) => {
        this.#end(isAborted);
        resolve();
      });
    });
  }

  start(): void {
    this.#send(requestStarted, {});
  }

  /** The middleware is behind the request, and has opened the context in which the rest runs. */
  reached(handler: string, route: string | undefined): void {
    this.#handler = handler;
    if (this.entry) Object.assign(this.entry.facts, { handler, route });
    this.#context = currentContext();
  }

  /** An error is on its way to a filter, which decides on the status. */
  failed(error: unknown): void {
    if (this.#handler === null) this.#context = currentContext();
    this.#failure = { error };
    if (this.entry) entryChannel.error.publish(Object.assign(this.entry, { error }));
    if (this.#isOver) setImmediate(() => this.#context.runInAsyncScope(() => this.#sendFailure()));
  }

  #end(aborted: boolean): void {
    this.#isOver = true;
    const duration = performance.now() - this.#startedAt;
    if (this.entry) {
      Object.assign(this.entry.facts, { status: this.#status, duration, aborted });
      entryChannel.asyncEnd.publish(this.entry);
    }
    this.#context.runInAsyncScope(() => {
      this.#sendFailure();
      this.#send(requestFinished, { ...this.#outcome(), duration, aborted });
    });
  }

  #sendFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    const status = this.#status;
    if (!failure || (status !== null && status < 500)) return;
    this.#send(requestFailed, { ...this.#outcome(), error: failure.error });
  }

  #outcome(): Omit<RequestEnd, keyof RequestEvent> {
    return { status: this.#status, handler: this.#handler };
  }

  /** Node's 200 says nothing until it is sent; an error status, somebody has set. */
  get #status(): number | null {
    const { statusCode, headersSent } = this.response;
    return headersSent || statusCode >= 400 ? statusCode : null;
  }

  /** Not awaited: what receivers do is no business of the request. */
  #send<P extends RequestEvent>(signal: Signal<P>, more: Omit<P, keyof RequestEvent>): void {
    if (!this.signals.hasReceivers(signal, null)) return;
    const facts = { ...this.#facts, ...more };
    const payload: unknown = Object.defineProperty(facts, 'request', { value: this.request });
    void runCallbacks(
      [() => this.signals.sendRobust(signal, null, payload as P)],
      this.onError,
      `'${signal.name}' could not be sent`,
    );
  }
}

/** Listeners of an aborted response run in no context at all, those of a queued one in another's. */
function currentContext(): AsyncResource {
  return new AsyncResource('RequestSignals');
}
