type Observer = (error: unknown, request: unknown) => void;

/** What is used of Nest's handler, which is none of its public parts. */
interface ExceptionsHandler {
  next: Next;
}
type Next = (this: object, error: unknown, host: { getArgByIndex(index: number): unknown }) => void;

const handler = findHandler();

/** Undefined in a version of Nest that has it elsewhere, or otherwise. */
async function findHandler(): Promise<ExceptionsHandler | undefined> {
  try {
    const found: unknown = await import('@nestjs/core/exceptions/exceptions-handler.js');
    const { prototype } = (
      found as { readonly ExceptionsHandler: { prototype: ExceptionsHandler } }
    ).ExceptionsHandler;
    return typeof prototype.next === 'function' ? prototype : undefined;
  } catch {
    return undefined;
  }
}

const observers = new Set<Observer>();
let restore: (() => boolean) | undefined;

/**
 * Is told of every error on its way to the exception filters of any HTTP application, and leaves it
 * to them. Nest asks the one filter that fits best and no other, and interceptors see nothing of
 * guards and middleware: only the place that picks the filter knows all errors. It is as before once
 * nobody observes any more.
 *
 * Answers undefined where this version of Nest has no such place.
 */
export async function observeExceptions(observer: Observer): Promise<Disposable | undefined> {
  const prototype = await handler;
  if (!prototype) return undefined;
  observers.add(observer);
  restore ??= instrument(prototype);
  return {
    [Symbol.dispose]: () => {
      observers.delete(observer);
      if (observers.size === 0 && restore?.()) restore = undefined;
    },
  };
}

function instrument(prototype: ExceptionsHandler): () => boolean {
  const { next } = prototype;
  const observed: Next = function observe(error, host) {
    for (const observer of observers) observer(error, host.getArgByIndex(0));
    return next.call(this, error, host);
  };
  prototype.next = observed;
  return () => {
    // Whoever has wrapped it since goes on through it.
    if (prototype.next !== observed) return false;
    prototype.next = next;
    return true;
  };
}
