/** Thrown when an application starts whose deliveries are kept in a data source that is not there yet. */
export class DataSourceNotInitializedError extends Error {
  override readonly name = 'DataSourceNotInitializedError';

  constructor() {
    super(
      'The data source that keeps deliveries is not initialized when durableSignals() starts. ' +
        'Initialize it before: in its provider, or in onModuleInit of a global module that is ' +
        'imported before SignalsModule.',
    );
  }
}

/** Thrown when the engine is asked for something before the application has started, or after its end. */
export class DurableNotStartedError extends Error {
  override readonly name = 'DurableNotStartedError';

  constructor() {
    super('Durable signals are not attached to a running application.');
  }
}
