import { nameOfSender, type AnySignal, type Sender } from './signal.js';

interface DeclaredReceiver {
  readonly dispatchUid: string;
  readonly location: string | undefined;
}

/** What a receiver waits for, as far as a message names it. */
interface AwaitedSignal {
  readonly signal: AnySignal;
  readonly sender: Sender | undefined;
  readonly receiver: DeclaredReceiver;
}

/** Thrown when a receiver cannot be connected as it is declared. Says which, and the way out. */
export class ReceiverDeclarationError extends Error {
  override readonly name = 'ReceiverDeclarationError';

  /** A receiver waits for what no integration can send. */
  static neverHeard(
    { signal, sender, receiver }: AwaitedSignal,
    objection: string,
  ): ReceiverDeclarationError {
    return new ReceiverDeclarationError(
      `Receiver '${receiver.dispatchUid}'${placeOf(receiver)} waits for '${signal.name}' of ` +
        `${nameOfSender(sender)}, which never comes: ${objection}.`,
    );
  }
}

function placeOf({ location }: DeclaredReceiver): string {
  return location ? ` (${location})` : '';
}
