/** Thrown when an integration that serves several applications is asked about one, and not about which. */
export class SeveralApplicationsError extends Error {
  override readonly name = 'SeveralApplicationsError';

  constructor(applications: number) {
    super(
      `This durableSignals() serves ${applications} applications, so it is not known which one is ` +
        'asked. Ask about one: durable.of(app.get(Signals)).',
    );
  }
}
