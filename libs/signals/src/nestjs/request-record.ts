import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { adminOf, type ErrorSink, type Signal, type Signals } from '../core/index.js';
import { runCallbacks } from '../integration/index.js';
import { causedBy, entryChannel, type EntryTrace } from '../diagnostics/index.js';
import { enterRequest, entryOf } from './request-entry.js';
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
  #isFailureTold = false;
  #isStarted = false;
  /** Undefined while the request goes on. */
  #end: { readonly isAborted: boolean } | undefined;

  constructor(
    private readonly signals: Signals,
    private readonly onError: ErrorSink,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    const { method = '', url = '' } = request;
    this.#facts = { id: randomUUID(), method, path: url.replace(/[?#].*/s, '') };
    const { id } = this.#facts;
    this.entry = entryChannel.hasSubscribers ? entryOf(signals, id, request, response) : undefined;
    this.ended = new Promise((resolve) => {
      onRequestEnd(request, response, (isAborted) => {
        const duration = performance.now() - this.#startedAt;
        const end = (): void => resolve(this.#finish(isAborted, duration));
        // Who reads the body is told first that the rest of it will never come, and fails.
        if (isAborted) setImmediate(end);
        else end();
      });
    });
  }

  /** Tells that the request has arrived; asked at each door, and done at the first one. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (this.entry) enterRequest(this.request, this.entry);
    this.#caused(() => {
      this.#context = currentContext();
      void this.#send(requestStarted, {});
    });
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
    if (this.entry) entryChannel.error.publish(Object.assign(this.entry, { error }));
    this.#failure = { error };
    if (!this.#end?.isAborted) return;
    setImmediate(() => this.#context.runInAsyncScope(() => void this.#sendFailure()));
  }

  #finish(isAborted: boolean, duration: number): Promise<void> {
    this.#end = { isAborted };
    if (this.entry) {
      Object.assign(this.entry.facts, { status: this.#status, duration, aborted: isAborted });
      entryChannel.asyncEnd.publish(this.entry);
    }
    const end = { ...this.#outcome(), duration, aborted: isAborted };
    return this.#context.runInAsyncScope(async () => {
      await this.#sendFailure();
      void this.#send(requestFinished, end);
    });
  }

  async #sendFailure(): Promise<void> {
    const status = this.#status;
    if (!this.#failure || this.#isFailureTold || (status !== null && status < 500)) return;
    this.#isFailureTold = true;
    await this.#send(requestFailed, { ...this.#outcome(), error: this.#failure.error });
  }

  #outcome(): Omit<RequestEnd, keyof RequestEvent> {
    return { status: this.#status, handler: this.#handler };
  }

  /** Node's 200 says nothing until it is sent; an error status, somebody has set. */
  get #status(): number | null {
    const { statusCode, headersSent } = this.response;
    return headersSent || statusCode >= 400 ? statusCode : null;
  }

  /** No request waits for it: what receivers do is no business of its. */
  async #send<P extends RequestEvent>(
    signal: Signal<P>,
    more: Omit<P, keyof RequestEvent>,
  ): Promise<void> {
    if (!adminOf(this.signals).hasReceivers(signal, null)) return;
    const facts = { ...this.#facts, ...more };
    const payload: unknown = Object.defineProperty(facts, 'request', { value: this.request });
    await runCallbacks(
      [() => this.signals.sendRobust(signal, payload as P)],
      this.onError,
      `'${signal.name}' could not be sent`,
    );
  }

  #caused(work: () => void): void {
    if (this.entry) causedBy(this.entry, work);
    else work();
  }
}

/** Listeners of an aborted response run in no context at all, those of a queued one in another's. */
function currentContext(): AsyncResource {
  return new AsyncResource('RequestSignals');
}
