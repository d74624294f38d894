import { ConflictError, InvalidError, NotFoundError, type FieldError } from '../platform/index.js';

/** Also the answer for somebody else's order: whether it exists is none of the caller's business. */
export class OrderNotFoundError extends NotFoundError {
  readonly code = 'order-not-found';
  readonly title = 'There is no such order';

  constructor(id: string) {
    super(`You have no order ${id}. GET /api/v1/orders lists yours.`);
  }
}

export class OrderAlreadyPaidError extends ConflictError {
  readonly code = 'order-already-paid';
  readonly title = 'The order is already paid';

  constructor(number: string) {
    super(`Order ${number} is already paid; nothing was charged by this request.`);
  }
}

export class OrderCancelledError extends ConflictError {
  readonly code = 'order-cancelled';
  readonly title = 'The order was cancelled';

  constructor(number: string) {
    super(`Order ${number} was not paid in time and is cancelled. Place it again.`);
  }
}

export class UnknownProductError extends InvalidError {
  readonly code = 'unknown-product';
  readonly title = 'The catalogue has no such product';

  constructor(lines: readonly { readonly index: number; readonly productId: string }[]) {
    super(
      'The order names products that the catalogue does not have. GET /api/v1/products lists them.',
      { errors: lines.map(({ index, productId }) => at(index, `no product ${productId}`)) },
    );
  }
}

export class DuplicateProductError extends InvalidError {
  readonly code = 'duplicate-product';
  readonly title = 'A product is listed twice';

  constructor(indexes: readonly number[]) {
    super('Each product takes one line: add the quantities up.', {
      errors: indexes.map((index) => at(index, 'the product of an earlier line')),
    });
  }
}

export class MixedCurrenciesError extends InvalidError {
  readonly code = 'mixed-currencies';
  readonly title = 'The products are priced in different currencies';

  constructor() {
    super('An order has one currency: place one order for each.');
  }
}

function at(index: number, detail: string): FieldError {
  return { pointer: `/lines/${index}/productId`, detail };
}
