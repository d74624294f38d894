import type { Failure } from '../api/failure.js';
import { newKey } from '../new-key.js';

/** One decision to pay: however often it is sent, under its key it pays once. */
export interface PaymentIntent {
  readonly key: string;
  readonly paymentToken: string;
}

/** What the shop says about a payment that is over without having been made. */
const ENDED = new Set([
  'payment-declined',
  'payment-cancelled',
  'payment-in-progress',
  'order-already-paid',
  'order-cancelled',
  'order-not-found',
  'idempotency-key-reused',
  'validation-failed',
]);

/** Kept until the answer is known, so that a reload asks again instead of paying again. */
export function intentFor(orderId: string): PaymentIntent | undefined {
  const kept = sessionStorage.getItem(nameOf(orderId));
  return kept === null ? undefined : (JSON.parse(kept) as PaymentIntent);
}

export function decideToPay(orderId: string, paymentToken: string): PaymentIntent {
  const intent = { key: newKey(), paymentToken };
  sessionStorage.setItem(nameOf(orderId), JSON.stringify(intent));
  return intent;
}

export function forgetIntent(orderId: string): void {
  sessionStorage.removeItem(nameOf(orderId));
}

/** Whether the payment is known not to have been made; otherwise the same intent has to be asked about again. */
export function hasEnded({ code }: Failure): boolean {
  return code !== undefined && ENDED.has(code);
}

function nameOf(orderId: string): string {
  return `shop.payment.${orderId}`;
}
