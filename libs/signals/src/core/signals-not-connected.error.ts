import type { AnySignal } from './signal.js';

/**
 * Thrown by a send before the application has connected its receivers: they would miss it (Django:
 * `AppRegistryNotReady`).
 */
export class SignalsNotConnectedError extends Error {
  override readonly name = 'SignalsNotConnectedError';

  constructor(signal: AnySignal) {
    super(
      `'${signal.name}' was sent before the application had connected its receivers, which would ` +
        'miss it. Send it in onModuleInit or later, not in a constructor or the factory of a ' +
        'provider; in a test, initialize the application first: await app.init().',
    );
  }
}
