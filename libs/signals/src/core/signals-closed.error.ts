import type { AnySignal } from './signal.js';

/**
 * Thrown by a send in an open transaction, or to a durable receiver, when the application has closed:
 * its receivers will not run, so what it belongs to must not be committed.
 */
export class SignalsClosedError extends Error {
  override readonly name = 'SignalsClosedError';

  constructor(signal: AnySignal) {
    super(
      `'${signal.name}' was sent after the application had closed. Give what sends ` +
        'it more time to end before: see the deadline of the shutdown.',
    );
  }
}
