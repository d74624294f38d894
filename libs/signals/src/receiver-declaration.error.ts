/** Thrown when a receiver cannot be connected as it is declared. Says which, and the way out. */
export class ReceiverDeclarationError extends Error {
  override readonly name = 'ReceiverDeclarationError';
}
