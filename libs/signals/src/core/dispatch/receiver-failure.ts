import type { ReceiverInfo } from '../receiver.js';

interface Failure {
  readonly receiver: ReceiverInfo;
  readonly number: number;
}

const failures = new WeakMap<object, Failure>();
let count = 0;

/** To be asked before a receiver runs: tells failures inside it from those of earlier sends. */
export function failuresSoFar(): number {
  return count;
}

/**
 * Remembers which receiver threw. Leaves the error itself as it is; a thrown primitive is not kept.
 * An error that an inner send passed on stays with the receiver of that one; an error object that
 * is thrown again and again belongs to whoever threw it last.
 *
 * @param since {@link failuresSoFar}, before the receiver ran.
 */
export function rememberFailure(error: unknown, receiver: ReceiverInfo, since: number): void {
  if (!isObject(error)) return;
  const known = failures.get(error);
  if (known && known.number > since) return;
  count += 1;
  failures.set(error, { receiver, number: count });
}

/**
 * Which receiver of which signal threw an error that `send` passed on; the innermost one when
 * sends were nested. Undefined when the error comes from elsewhere.
 */
export function failedReceiver(error: unknown): ReceiverInfo | undefined {
  return isObject(error) ? failures.get(error)?.receiver : undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
