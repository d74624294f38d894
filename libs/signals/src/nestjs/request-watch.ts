import { setTimeout } from 'node:timers/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { adminOf, type AnySignal } from '../core/index.js';
import {
  attachAll,
  type IntegrationHost,
  type IntegrationSession,
  type SignalsIntegration,
} from '../integration/index.js';
import { causedBy, entryChannel } from '../diagnostics/index.js';
import { observeExceptions } from './request-exceptions.js';
import { interceptRequests, rawOf, type Wrapped } from './request-hook.js';
import { RequestRecord } from './request-record.js';
import { watchServer } from './request-server.js';
import { requestFailed, requestSignals } from './request-signals.js';

/**
 * Sends the request signals of an application that serves HTTP, whatever the adapter; in any other
 * it does nothing. Requests that nobody wants to hear of cost a look-up.
 */
@Injectable()
export class RequestWatch implements SignalsIntegration, CanActivate {
  readonly name = 'requests';
  readonly sends: ReadonlySet<AnySignal> = new Set(requestSignals);
  readonly #records = new WeakMap<object, RequestRecord>();
  readonly #open = new Set<Promise<void>>();

  attach(host: IntegrationHost): IntegrationSession {
    const { signals, onError } = host;
    const { httpAdapter } = host.resolve(HttpAdapterHost) as HttpAdapterHost;
    if (!httpAdapter) return { validateSender, [Symbol.dispose]: () => {} };
    const isHeard = (): boolean =>
      entryChannel.hasSubscribers ||
      requestSignals.some((signal) => adminOf(signals).hasReceivers(signal, null));
    const recorded: Recorded = (request, response) => {
      const known = this.#records.get(request);
      if (known || !isHeard()) return known;
      const record = new RequestRecord(signals, onError, request, response);
      this.#records.set(request, record);
      this.#open.add(record.ended);
      void record.ended.then(() => this.#open.delete(record.ended));
      return record;
    };
    const attached = attachAll([
      () =>
        watchServer(httpAdapter.getHttpServer() as Server | undefined, {
          around: (request, response, work) => inside(recorded(request, response), work),
          arrived: (request, response) => recorded(request, response)?.start(),
        }),
      // Sees what comes another way: injected, by further servers, from a serverless runtime.
      () =>
        interceptRequests(httpAdapter, (request, response, pass) => {
          const record = recorded(rawOf(request), rawOf(response));
          record?.start();
          return inside(record, pass);
        }),
    ]);
    let exceptions: Disposable | undefined;
    return {
      validateSender,
      start: async () => {
        exceptions = await observeExceptions((error, request) =>
          this.#recordOf(request as Wrapped<IncomingMessage>)?.failed(error),
        );
        if (exceptions || !adminOf(signals).hasReceivers(requestFailed, null)) return;
        onError(new Error(NO_EXCEPTIONS), `'${requestFailed.name}' is never sent`);
      },
      [Symbol.dispose]: () => {
        exceptions?.[Symbol.dispose]();
        attached[Symbol.dispose]();
      },
    };
  }

  /** Waits until every request that is open now has ended, at most so many milliseconds. */
  async ended(deadline: number): Promise<void> {
    if (this.#open.size === 0) return;
    await Promise.race([Promise.all(this.#open), setTimeout(deadline, undefined, { ref: false })]);
  }

  /** A guard that refuses nobody: it is where all middleware has run and the handler is known. */
  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex(0) as Wrapped<IncomingMessage>;
    this.#recordOf(request)?.reached(
      `${context.getClass().name}.${context.getHandler().name}`,
      routeOf(request),
    );
    return true;
  }

  #recordOf(request: Wrapped<IncomingMessage>): RequestRecord | undefined {
    return this.#records.get(request) ?? this.#records.get(rawOf(request));
  }
}

type Recorded = (request: IncomingMessage, response: ServerResponse) => RequestRecord | undefined;

const NO_EXCEPTIONS =
  'This version of Nest handles exceptions in another place than those that nestjs-signals knows; the other ' +
  'signals of requests are sent as ever.';

function validateSender(signal: AnySignal): string | undefined {
  return (requestSignals as readonly AnySignal[]).includes(signal)
    ? 'a request has no sender; omit it, and choose by the payload (when)'
    : undefined;
}

/** What happens in the course of a request has its entry as its cause. */
function inside<T>(record: RequestRecord | undefined, work: () => T): T {
  return record?.entry ? causedBy(record.entry, work) : work();
}

/** The pattern of the route, which takes few values: Fastify's, or Express's. */
function routeOf(request: object | undefined | null): string | undefined {
  const { routeOptions, route, baseUrl } = (request ?? {}) as {
    readonly routeOptions?: { readonly url?: string };
    readonly route?: { readonly path?: unknown };
    readonly baseUrl?: string;
  };
  const path = routeOptions?.url ?? route?.path;
  return typeof path === 'string' ? `${routeOptions ? '' : (baseUrl ?? '')}${path}` : undefined;
}
