import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InspectorHttp } from './inspector-http.js';

/** What an adapter makes of Node's own: Fastify wraps it, Express adorns it. */
type Wrapped<T> = T | { readonly raw: T; hijack?(): unknown };
type Hook = (
  request: Wrapped<IncomingMessage>,
  response: Wrapped<ServerResponse>,
  done: (error?: Error) => void,
) => unknown;

/** The slot that Nest's adapters have for a hook; there is one, and no getter. */
export interface HookSlot {
  readonly onRequestHook?: Hook;
  setOnRequestHook?(hook: Hook | undefined): void;
}

/**
 * Answers the inspector's addresses before anything of the application sees them: its prefix, guards
 * and filters do not concern the inspector, which has its own access.
 */
export function occupyHook(adapter: HookSlot, http: InspectorHttp): Disposable {
  const former = adapter.onRequestHook;
  const hook: Hook = function (this: unknown, request, response, done) {
    const pass = (): unknown => (former ? former.call(this, request, response, done) : done());
    const raw = rawOf(request);
    if (!http.owns(raw)) return pass();
    void http.handle(raw, rawOf(response)).then((isAnswered) => {
      if (!isAnswered) return pass();
      return 'hijack' in response ? response.hijack?.() : undefined;
    }, done);
    return undefined;
  };
  adapter.setOnRequestHook?.(hook);
  return {
    [Symbol.dispose]: () => {
      if (adapter.onRequestHook === hook) adapter.setOnRequestHook?.(former);
    },
  };
}

function rawOf<T extends object>(wrapped: Wrapped<T>): T {
  return 'raw' in wrapped ? wrapped.raw : wrapped;
}
