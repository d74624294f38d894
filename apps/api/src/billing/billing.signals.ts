import { defineSignal } from 'nestjs-signals';
import type { OrderPaidLine } from '../orders/index.js';
import type { Money } from '../platform/index.js';

export interface PaymentBegun {
  readonly paymentId: string;
  readonly orderId: string;
  readonly attemptedAt: string;
  /** When the gateway's answer is overdue. */
  readonly overdueAt: string;
}

export interface ReceiptIssued {
  readonly receiptId: string;
  readonly number: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly customerId: string;
  readonly lines: readonly OrderPaidLine[];
  readonly total: Money;
  readonly issuedAt: string;
}

/** All that is on the receipt, as when it was issued. */
export type ReceiptRequested = ReceiptIssued;

export interface ReceiptMailed {
  readonly receiptId: string;
  readonly orderId: string;
  readonly mailedAt: string;
}

export const paymentBegun = defineSignal<PaymentBegun>('billing.paymentBegun', {
  description:
    'The gateway is about to be asked for a payment. Sent inside a transaction before it.',
});

export const receiptIssued = defineSignal<ReceiptIssued>('billing.receiptIssued', {
  description: 'A paid order got its receipt. Sent inside the transaction that issued it.',
});

export const receiptRequested = defineSignal<ReceiptRequested>('billing.receiptRequested', {
  description: 'A customer wants a receipt mailed once more. Sent inside a transaction.',
});

export const receiptMailed = defineSignal<ReceiptMailed>('billing.receiptMailed', {
  description: 'A mail server took the receipt for its customer. Sent inside a transaction.',
});
