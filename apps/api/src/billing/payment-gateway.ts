import type { Money } from '../platform/index.js';

export interface Charge {
  /** Names the charge: the same reference takes the money once, however often it is asked for. */
  readonly reference: string;
  readonly amount: Money;
  /** What the customer's browser got for the card; without one the gateway uses what it has on file. */
  readonly token?: string;
}

export type ChargeResult =
  | { readonly outcome: 'charged'; readonly gatewayReference: string }
  | { readonly outcome: 'declined'; readonly reason: string };

export type CancelResult =
  | { readonly outcome: 'charged'; readonly gatewayReference: string }
  | { readonly outcome: 'cancelled' };

/**
 * Moves money; the token by which an implementation is injected. What payments rely on:
 *
 * - a reference is charged at most once, and every answer about it is the same;
 * - `cancel` decides: after `cancelled` the reference is never charged any more, after `charged` it was;
 * - both answer or throw within `timeoutMs`.
 */
export abstract class PaymentGateway {
  abstract readonly timeoutMs: number;

  /** Whether money moves at all. Production refuses to start with a gateway that moves none. */
  abstract readonly takesMoney: boolean;

  /** Throws PaymentGatewayTimeoutError when nobody knows whether the money moved. */
  abstract charge(charge: Charge): Promise<ChargeResult>;

  abstract cancel(reference: string): Promise<CancelResult>;
}

export class PaymentGatewayTimeoutError extends Error {
  override readonly name = 'PaymentGatewayTimeoutError';

  constructor(reference: string, options?: ErrorOptions) {
    super(`The payment gateway did not answer in time about ${reference}.`, options);
  }
}
