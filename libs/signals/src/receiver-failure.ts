import type { ReceiverInfo } from './receiver.js';

const failures = new WeakMap<object, ReceiverInfo>();

/** Remembers which receiver threw. Leaves the error itself as it is; a thrown primitive is not kept. */
export function rememberFailure(error: unknown, receiver: ReceiverInfo): void {
  if (typeof error === 'object' && error !== null && !failures.has(error)) {
    failures.set(error, receiver);
  }
}

/**
 * Which receiver of which signal threw an error that `send` passed on; the innermost one when
 * sends were nested. Undefined when the error comes from elsewhere.
 */
export function failedReceiver(error: unknown): ReceiverInfo | undefined {
  return typeof error === 'object' && error !== null ? failures.get(error) : undefined;
}
