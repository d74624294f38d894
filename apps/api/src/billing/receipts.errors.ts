import { NotFoundError } from '../platform/index.js';

export class ReceiptNotFoundError extends NotFoundError {
  readonly code = 'receipt-not-found';
  readonly title = 'There is no such receipt';

  constructor(orderId: string) {
    super(`You have no receipt for order ${orderId}: it is issued when your order is paid.`);
  }
}
