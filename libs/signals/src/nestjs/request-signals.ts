import type { IncomingMessage } from 'node:http';
import { defineLifecycleSignal, type FixedPayload } from '../integration/index.js';

/** What the signals of one request have in common. */
export interface RequestEvent {
  /** Of this application's own making: the same in all signals of a request, and in no other. */
  readonly id: string;
  readonly method: string;
  /** The target without its query string, which may carry tokens and personal data. */
  readonly path: string;
  /**
   * Node's own request, for what is left out above. Not enumerable, so that a payload that is
   * logged or stored takes no headers along.
   */
  readonly request: IncomingMessage;
}

export type RequestStarted = RequestEvent;

/** A request that has come to its end, one way or another. */
export interface RequestEnd extends RequestEvent {
  /** What was answered; null when the client left before there was an answer. */
  readonly status: number | null;
  /** `Controller.method`; null when the request reached no handler. A label that takes few values. */
  readonly handler: string | null;
}

export interface RequestFinished extends RequestEnd {
  /** From the arrival of the headers to the end, in milliseconds. */
  readonly duration: number;
  /** The answer did not get out as a whole: the client left, or the body failed half-way. */
  readonly aborted: boolean;
}

export interface RequestFailed extends RequestEnd {
  /** The very object that was thrown. */
  readonly error: unknown;
}

/**
 * An HTTP request arrived. Sent before any middleware, guard or body parser, for unknown routes and
 * malformed bodies too (Django: `request_started`).
 *
 * The request does not wait for its receivers, so that none can delay an answer: what a receiver
 * does synchronously has happened before the application sees the request, what it awaits goes on
 * beside it.
 */
export const requestStarted = defineLifecycleSignal<FixedPayload<RequestStarted>>(
  'http.requestStarted',
  { description: 'An HTTP request arrived. Sent before middleware and guards.' },
);

/**
 * A request ended: its last byte was handed to the operating system, or its client left. Sent
 * exactly once for each request of which {@link requestStarted} was, whatever became of it: 4xx,
 * 5xx, streams, aborts (Django: `request_finished`).
 *
 * Receivers run in the `AsyncLocalStorage` context that middleware opened, also when the request
 * was aborted; in that of the arrival when neither a handler nor an error was reached. No answer
 * waits for them, a shutdown does.
 */
export const requestFinished = defineLifecycleSignal<FixedPayload<RequestFinished>>(
  'http.requestFinished',
  { description: 'An HTTP request ended. Sent once, after the last byte.' },
);

/**
 * An error was answered with 500 or above, or found nobody left to answer. Sent at most once, at the
 * end of the request, before {@link requestFinished}, which waits for its receivers; whoever threw:
 * middleware, guard, interceptor, pipe, handler or an exception filter itself, of which the last error
 * counts (Django: `got_request_exception`). The application's exception filters answer as ever.
 *
 * Only an error that is thrown once the client has left and the request is over comes after it. An
 * answer of 500 that no error led to, and an error after the first byte of a good answer, send
 * {@link requestFinished} only.
 */
export const requestFailed = defineLifecycleSignal<FixedPayload<RequestFailed>>(
  'http.requestFailed',
  {
    description: 'An error was answered with 500 or above. Sent at the end of the request.',
  },
);

export const requestSignals = [requestStarted, requestFinished, requestFailed] as const;
