import { OrderLineDto } from '../orders/index.js';
import { Money } from '../platform/index.js';
import type { Receipt } from './receipt.entity.js';

export class ReceiptDto {
  /** Numbered by year without a gap, like `R-2026-000001`. */
  readonly number!: string;
  readonly orderId!: string;
  readonly lines!: OrderLineDto[];
  readonly total!: Money;
  readonly issuedAt!: Date;
  /** When it was first mailed to the customer; null while the mail is on its way. */
  readonly mailedAt!: Date | null;
  /** When its last mail was given up, so that it may be asked for again; null while there is hope. */
  readonly mailFailedAt!: Date | null;

  static of({
    number,
    orderId,
    lines,
    total,
    issuedAt,
    mailedAt,
    mailFailedAt,
  }: Receipt): ReceiptDto {
    return {
      number,
      orderId,
      lines: lines.map(OrderLineDto.of),
      total,
      issuedAt,
      mailedAt,
      mailFailedAt,
    };
  }
}
