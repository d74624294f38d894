import { setTimeout } from 'node:timers/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  attachAll,
  causedBy,
  entryChannel,
  type AnySignal,
  type IntegrationHost,
  type IntegrationSession,
  type SignalsIntegration,
} from '../index.js';
import { observeExceptions } from './request-exceptions.js';
import { RequestRecord } from './request-record.js';
import { requestSignals } from './request-signals.js';

/**
 * What an adapter makes of Node's own: Fastify wraps it, Express adorns it. Other transports pass
 * anything here, or nothing.
 */
type Wrapped = { readonly raw?: object } | undefined | null;
type Entrance = (request: Wrapped, response: Wrapped) => void;
type RequestHook = (request: Wrapped, response: Wrapped, done: () => void) => unknown;

/** The slot that Nest's adapters have for a hook; there is one, and no getter. */
interface HookSlot {
  readonly onRequestHook?: RequestHook;
  setOnRequestHook?(hook: RequestHook | undefined): void;
}

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
    if (!httpAdapter) return session(attachAll([]));
    const enter: Entrance = (request, response) => {
      const isHeard =
        entryChannel.hasSubscribers ||
        requestSignals.some((signal) => signals.hasReceivers(signal, null));
      if (!isHeard) return;
      const raw = rawOf(request) as IncomingMessage;
      if (this.#records.has(raw)) return;
      const record = new RequestRecord(signals, onError, raw, rawOf(response) as ServerResponse);
      this.#records.set(raw, record);
      this.#open.add(record.ended);
      void record.ended.then(() => this.#open.delete(record.ended));
      record.start();
    };
    const attached = attachAll([
      // Sees what an adapter answers before its hooks run, such as a malformed URL.
      () => watchServer(httpAdapter.getHttpServer() as Server | undefined, enter),
      // Sees what comes another way: injected, by further servers, from a serverless runtime.
      () =>
        occupyHook(httpAdapter as unknown as HookSlot, (request, response, pass) => {
          enter(request, response);
          const entry = this.#recordOf(request)?.entry;
          return entry ? causedBy(entry, pass) : pass();
        }),
      () =>
        observeExceptions((error, request) => this.#recordOf(request as Wrapped)?.failed(error)),
    ]);
    return session(attached);
  }

  /** Waits until every request that is open now has ended, at most so many milliseconds. */
  async ended(deadline: number): Promise<void> {
    if (this.#open.size === 0) return;
    await Promise.race([Promise.all(this.#open), setTimeout(deadline, undefined, { ref: false })]);
  }

  /** A guard that refuses nobody: it is where all middleware has run and the handler is known. */
  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex(0) as Wrapped;
    this.#recordOf(request)?.reached(
      `${context.getClass().name}.${context.getHandler().name}`,
      routeOf(request),
    );
    return true;
  }

  #recordOf(request: Wrapped): RequestRecord | undefined {
    return this.#records.get(request as object) ?? this.#records.get(rawOf(request) as object);
  }
}

function session(attached: Disposable): IntegrationSession {
  return {
    validateSender: (signal) =>
      (requestSignals as readonly AnySignal[]).includes(signal)
        ? 'a request has no sender; omit it, and choose by the payload (when)'
        : undefined,
    [Symbol.dispose]: () => attached[Symbol.dispose](),
  };
}

function watchServer(server: Server | undefined, enter: Entrance): Disposable {
  server?.prependListener('request', enter);
  return { [Symbol.dispose]: () => void server?.off('request', enter) };
}

type Passage = (request: Wrapped, response: Wrapped, pass: () => unknown) => unknown;

function occupyHook(adapter: HookSlot, enter: Passage): Disposable {
  const former = adapter.onRequestHook;
  const hook: RequestHook = function (this: unknown, request, response, done) {
    return enter(request, response, () =>
      former ? former.call(this, request, response, done) : done(),
    );
  };
  adapter.setOnRequestHook?.(hook);
  return {
    [Symbol.dispose]: () => {
      if (adapter.onRequestHook === hook) adapter.setOnRequestHook?.(former);
    },
  };
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

function rawOf(wrapped: Wrapped): unknown {
  return wrapped?.raw ?? wrapped;
}
