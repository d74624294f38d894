import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn, type OrderPaid, type OrderPaidLine } from '../orders/index.js';
import { Audited, Money, newId } from '../platform/index.js';
import { ReceiptMailedLatelyError, ReceiptOnItsWayError } from './receipts.errors.js';

const MAIL_AGAIN_AFTER_MS = 5 * 60 * 1000;
/** Longer than a mail is tried: then it is no longer on its way, whether or not somebody could note its end. */
const ON_ITS_WAY_MS = 7 * 24 * 60 * 60 * 1000;

/** That an order was paid, and what for. Of what was issued nothing changes; when it was mailed is added. */
@Audited<Receipt>({
  columns: [
    'number',
    'orderId',
    'totalAmount',
    'currency',
    'issuedAt',
    'mailedAt',
    'mailFailedAt',
    'requestedAt',
  ],
})
@Entity('receipts')
export class Receipt {
  @PrimaryColumn('uuid')
  readonly id!: string;

  @Column('text', { unique: true })
  number!: string;

  @Column('uuid', { unique: true })
  orderId!: string;

  @Column('uuid')
  customerId!: string;

  @Column('jsonb')
  lines!: OrderPaidLine[];

  @Column(amountColumn)
  totalAmount!: number;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('timestamptz')
  issuedAt!: Date;

  /** Null while the first mail is on its way, and when it could not be delivered. */
  @Column('timestamptz', { nullable: true })
  mailedAt!: Date | null;

  /** When the last mail was given up; null while there is hope. */
  @Column('timestamptz', { nullable: true })
  mailFailedAt!: Date | null;

  /** When the customer last wanted it mailed once more. */
  @Column('timestamptz', { nullable: true })
  requestedAt!: Date | null;

  /** Dated by the payment, so that the receipt's year is the year of the money. */
  static for(order: OrderPaid, sequence: number): Receipt {
    const issuedAt = new Date(order.paidAt);
    return Object.assign(new Receipt(), {
      id: newId(),
      number: `R-${issuedAt.getUTCFullYear()}-${String(sequence).padStart(6, '0')}`,
      orderId: order.orderId,
      customerId: order.customerId,
      lines: [...order.lines],
      totalAmount: order.total.amount,
      currency: order.total.currency,
      issuedAt,
      mailedAt: null,
      mailFailedAt: null,
      requestedAt: null,
    } satisfies Partial<Receipt>);
  }

  /** @throws ReceiptOnItsWayError, ReceiptMailedLatelyError */
  request(at: Date): void {
    if (this.isOnItsWay(at)) throw new ReceiptOnItsWayError(this.number);
    const last = this.requestedAt ?? this.mailedAt;
    const wait = (last?.getTime() ?? 0) + MAIL_AGAIN_AFTER_MS - at.getTime();
    if (wait > 0) throw new ReceiptMailedLatelyError(this.number, Math.ceil(wait / 1000));
    this.requestedAt = at;
    this.mailFailedAt = null;
  }

  /** A mail server took it. Answers whether it was the first time. */
  delivered(at: Date): boolean {
    const isFirst = this.mailedAt === null;
    this.mailedAt ??= at;
    this.mailFailedAt = null;
    return isFirst;
  }

  private isOnItsWay(at: Date): boolean {
    if (this.mailedAt || this.mailFailedAt) return false;
    const since = this.requestedAt ?? this.issuedAt;
    return at.getTime() - since.getTime() < ON_ITS_WAY_MS;
  }

  get total(): Money {
    return { amount: this.totalAmount, currency: this.currency };
  }
}
