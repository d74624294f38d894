import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * What an adapter makes of Node's own: Fastify wraps it, Express adorns it. Other transports pass
 * anything here, or nothing.
 */
export type Wrapped<T = object> = T | { readonly raw: T; hijack?(): unknown };
type Hook = (
  request: Wrapped<IncomingMessage>,
  response: Wrapped<ServerResponse>,
  done: (error?: Error) => void,
) => unknown;

/** Something that every request passes before the application sees it, or that answers it. */
export type Passage = (
  request: Wrapped<IncomingMessage>,
  response: Wrapped<ServerResponse>,
  pass: (error?: Error) => unknown,
) => unknown;

/** The slot that Nest's adapters have for a hook; there is one, and no getter. */
interface HookSlot {
  onRequestHook?: Hook | undefined;
  setOnRequestHook?(hook: Hook | undefined): void;
}

const occupied = new WeakMap<object, OccupiedSlot>();

/**
 * Lets every request of an adapter pass here before the application sees it, until it is disposed. The
 * hook that somebody else has set, or sets later, stays in force behind; when the last passage is
 * disposed, in whatever order, the adapter is as if there had been none.
 */
export function interceptRequests(adapter: object, passage: Passage): Disposable {
  const slot = occupied.get(adapter) ?? new OccupiedSlot(adapter);
  return slot.add(passage);
}

/** Node's own object in what an adapter has made of it. */
export function rawOf<T>(wrapped: Wrapped<T>): T {
  return typeof wrapped === 'object' && wrapped !== null && 'raw' in wrapped
    ? wrapped.raw
    : wrapped;
}

class OccupiedSlot {
  readonly #passages = new Set<Passage>();
  #behind: Hook | undefined;

  constructor(private readonly adapter: HookSlot) {
    occupied.set(adapter, this);
    this.#behind = adapter.onRequestHook;
    adapter.setOnRequestHook?.(this.#hookFor());
    // From here on, the slot is the one behind.
    if (adapter.setOnRequestHook) adapter.setOnRequestHook = (hook) => (this.#behind = hook);
  }

  add(passage: Passage): Disposable {
    this.#passages.add(passage);
    return { [Symbol.dispose]: () => this.#remove(passage) };
  }

  #remove(passage: Passage): void {
    if (!this.#passages.delete(passage) || this.#passages.size > 0) return;
    occupied.delete(this.adapter);
    Reflect.deleteProperty(this.adapter, 'setOnRequestHook');
    this.adapter.setOnRequestHook?.(this.#behind);
  }

  #hookFor(): Hook {
    const behind = (): Hook | undefined => this.#behind;
    const passages = this.#passages;
    return function pass(this: unknown, request, response, done) {
      const last = (error?: Error): unknown => {
        if (error) return done(error);
        const hook = behind();
        return hook ? hook.call(this, request, response, done) : done();
      };
      const way = [...passages].reduceRight<(error?: Error) => unknown>(
        (next, passage) => (error) => (error ? done(error) : passage(request, response, next)),
        last,
      );
      return way();
    };
  }
}
