/** Thrown when the engine is asked for something before the application has started, or after its end. */
export class DurableNotStartedError extends Error {
  override readonly name = 'DurableNotStartedError';

  constructor() {
    super('Durable signals are not attached to a running application.');
  }
}
