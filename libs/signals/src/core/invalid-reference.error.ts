import type { AnySignal } from './signal.js';

const LOADED_TOO_LATE = 'Do two modules import each other, so that one of them loads too late?';

/**
 * Thrown where a signal, a sender or a payload has to be given and undefined, or something else, is.
 */
export class InvalidReferenceError extends Error {
  override readonly name = 'InvalidReferenceError';
}

/** @throws InvalidReferenceError */
export function requireNamedSignal(signal: unknown): void {
  if (typeof signal === 'object' && signal !== null) return;
  throw new InvalidReferenceError(
    `The signal that was named is ${kindOf(signal)}. ${LOADED_TOO_LATE}`,
  );
}

/** @throws InvalidReferenceError */
export function requireNamedSender(sender: unknown): void {
  if (sender === null || typeof sender === 'function') return;
  if (typeof sender === 'string' && sender !== '') return;
  throw new InvalidReferenceError(
    `The sender that was named is ${kindOf(sender)}. ${LOADED_TOO_LATE} Name a class or a text, or ` +
      'no sender where nobody in particular sends.',
  );
}

export function missingPayload({ name }: AnySignal): InvalidReferenceError {
  return new InvalidReferenceError(
    `The payload of '${name}' is undefined. Send what the signal tells: send(signal, payload, { sender }); ` +
      'where it tells nothing, {}.',
  );
}

export function unfitOptions({ name }: AnySignal, options: unknown): InvalidReferenceError {
  return new InvalidReferenceError(
    `The options of a send of '${name}' are ${kindOf(options)}. A send is ` +
      'send(signal, payload, { sender, manager }), and who sends is an option.',
  );
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return value === '' ? 'an empty text' : `of type ${typeof value}`;
}
