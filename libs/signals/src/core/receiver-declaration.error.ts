import type { ReceiverInfo } from './receiver.js';
import { nameOfSender } from './signal.js';
import type { Expectation } from './signals-options.js';

/** Thrown when a receiver cannot be connected as it is declared. Says which, and the way out. */
export class ReceiverDeclarationError extends Error {
  override readonly name = 'ReceiverDeclarationError';

  /** A receiver waits for what no integration can send. */
  static neverHeard(
    { signal, sender, receiver }: Expectation,
    objection: string,
  ): ReceiverDeclarationError {
    return new ReceiverDeclarationError(
      `Receiver '${receiver.dispatchUid}'${placeOf(receiver)} waits for '${signal.name}' of ` +
        `${nameOfSender(sender)}, which never comes: ${objection}.`,
    );
  }
}

function placeOf({ location }: ReceiverInfo): string {
  return location ? ` (${location})` : '';
}
