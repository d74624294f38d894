import { defineSignal } from 'nestjs-signals';
import type { Money } from '../platform/index.js';

export interface OrderPlaced {
  readonly orderId: string;
  readonly number: string;
  readonly customerId: string;
  readonly total: Money;
  /** ISO 8601, like every time in a payload: it survives JSON. */
  readonly placedAt: string;
  /** When the order is cancelled if it is not paid by then. */
  readonly expiresAt: string;
}

export interface OrderOverdue {
  readonly orderId: string;
  readonly toldAt: string;
  /** When it is to be cancelled: later than it is told where money may still be on its way. */
  readonly cancelAt: string;
}

export interface OrderExpired {
  readonly orderId: string;
  readonly number: string;
  readonly customerId: string;
  readonly expiredAt: string;
}

export interface OrderPaid {
  readonly orderId: string;
  readonly number: string;
  readonly customerId: string;
  readonly lines: readonly OrderPaidLine[];
  readonly total: Money;
  readonly paidAt: string;
}

export interface OrderPaidLine {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly total: Money;
}

export const orderPlaced = defineSignal<OrderPlaced>('orders.orderPlaced', {
  description: 'A customer placed an order. Sent inside the transaction that placed it.',
});

export const orderPaid = defineSignal<OrderPaid>('orders.orderPaid', {
  description: 'An order was paid. Sent inside the transaction that paid it.',
});

export const orderOverdue = defineSignal<OrderOverdue>('orders.orderOverdue', {
  description: 'The time of an unpaid order is up. Sent inside a transaction.',
});

export const orderExpired = defineSignal<OrderExpired>('orders.orderExpired', {
  description: 'An order was cancelled, unpaid. Sent inside the transaction that cancelled it.',
});
