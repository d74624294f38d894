/** Thrown when something is attached to an application that has it already: it would hear all twice. */
export class AlreadyAttachedError extends Error {
  override readonly name = 'AlreadyAttachedError';
}
