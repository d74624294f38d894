import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler.js';

type Observer = (error: unknown, request: unknown) => void;

const observers = new Set<Observer>();
let isObserving = false;

/**
 * Is told of every error on its way to the exception filters of any HTTP application, and leaves it
 * to them. Nest asks the one filter that fits best and no other, and interceptors see nothing of
 * guards and middleware: only the place that picks the filter knows all errors.
 */
export function observeExceptions(observer: Observer): Disposable {
  if (!isObserving) instrument(ExceptionsHandler.prototype);
  isObserving = true;
  observers.add(observer);
  return { [Symbol.dispose]: () => void observers.delete(observer) };
}

function instrument(prototype: Pick<ExceptionsHandler, 'next'>): void {
  const { next } = prototype;
  prototype.next = function observed(this: ExceptionsHandler, error, host) {
    for (const observer of observers) observer(error, host.getArgByIndex(0));
    return next.call(this, error, host);
  };
}
