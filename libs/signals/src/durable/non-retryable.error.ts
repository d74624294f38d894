/** To be thrown by a durable receiver that will never succeed: its delivery is dead at once. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
}

/**
 * Why a delivery is dead of which nobody knows whether its effect happened: the worker died while
 * it was tried, and the receiver says `onUnknownOutcome: 'dead-letter'`.
 */
export class UnknownOutcomeError extends NonRetryableError {
  override readonly name = 'UnknownOutcomeError';

  constructor(dispatchUid: string) {
    super(
      `An earlier attempt of '${dispatchUid}' ended without a trace, so its effect may have happened. ` +
        'Find out, then replay the delivery or discard it.',
    );
  }
}
