import { ConflictError, DomainError } from '../platform/index.js';

export { IdempotencyKeyReusedError } from '../platform/index.js';

export class PaymentInProgressError extends ConflictError {
  readonly code = 'payment-in-progress';
  readonly title = 'Another payment of the order is in progress';

  constructor() {
    super(
      'Wait for the answer of the other payment, or repeat it under its own Idempotency-Key; nothing was charged by this request.',
    );
  }
}

export class PaymentCancelledError extends ConflictError {
  readonly code = 'payment-cancelled';
  readonly title = 'The payment was cancelled';

  constructor() {
    super(
      'Its answer was overdue when the order was paid in another way; this payment charged nothing. ' +
        'GET the order to see whether it is paid, or pay with a new Idempotency-Key.',
    );
  }
}

export class PaymentDeclinedError extends DomainError {
  readonly status = 402;
  readonly code = 'payment-declined';
  readonly title = 'The payment was declined';

  constructor(reason: string) {
    super(
      `Nothing was charged: ${reason}. The order stays pending; pay with another payment token and a new Idempotency-Key.`,
    );
  }
}

export class PaymentTimedOutError extends DomainError {
  readonly status = 504;
  readonly code = 'payment-timed-out';
  readonly title = 'The payment gateway did not answer in time';

  constructor(options?: ErrorOptions) {
    super(
      'It is not known yet whether the money moved; the order stays pending. ' +
        'Repeat the request under the same Idempotency-Key to learn it: it is never charged twice.',
      options,
    );
  }
}

export class PaymentNotRecordedError extends DomainError {
  readonly status = 503;
  readonly code = 'payment-not-recorded';
  readonly title = 'The answer of the payment gateway could not be written down';

  constructor(options?: ErrorOptions) {
    super(
      'The order stays pending until it is, which the shop sees to. ' +
        'Repeat the request under the same Idempotency-Key to learn it: it is never charged twice.',
      options,
    );
  }
}

/** The gateway has broken its promise: a fault of ours, as far as the customer can tell. */
export class LateChargeError extends Error {
  override readonly name = 'LateChargeError';

  constructor(paymentId: string, status: string) {
    super(
      `The gateway charged payment ${paymentId} although it is ${status}: give the money back by hand.`,
    );
  }
}

export class PaymentGatewayFailedError extends DomainError {
  readonly status = 502;
  readonly code = 'payment-gateway-failed';
  readonly title = 'The payment gateway failed';

  constructor(options?: ErrorOptions) {
    super(
      'It is not known whether the money moved; the order stays pending. ' +
        'Repeat the request under the same Idempotency-Key: it is never charged twice.',
      options,
    );
  }
}
