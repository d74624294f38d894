import { ConflictError, NotFoundError, TooSoonError } from '../platform/index.js';

export class ReceiptNotFoundError extends NotFoundError {
  readonly code = 'receipt-not-found';
  readonly title = 'There is no such receipt';

  constructor(orderId: string) {
    super(`You have no receipt for order ${orderId}: it is issued when your order is paid.`);
  }
}

export class ReceiptAwaitedError extends NotFoundError {
  readonly code = 'receipt-awaited';
  readonly title = 'The receipt is not issued yet';
  override readonly retryAfter = 1;

  constructor(orderId: string) {
    super(`Order ${orderId} is paid; its receipt is being issued. Ask again in a moment.`);
  }
}

export class ReceiptOnItsWayError extends ConflictError {
  readonly code = 'receipt-on-its-way';
  readonly title = 'The receipt is on its way';

  constructor(number: string) {
    super(`Receipt ${number} is being mailed to you. Ask again if it has not arrived in a while.`);
  }
}

export class ReceiptMailedLatelyError extends TooSoonError {
  readonly code = 'receipt-mailed-lately';
  readonly title = 'The receipt was mailed a moment ago';

  /** @param retryAfter in seconds */
  constructor(number: string, retryAfter: number) {
    const minutes = Math.ceil(retryAfter / 60);
    super(
      retryAfter,
      `Receipt ${number} was mailed to you a moment ago. Ask again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    );
  }
}
