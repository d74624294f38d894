import { Column, Entity, PrimaryColumn } from 'typeorm';
import { amountColumn, type Order } from '../orders/index.js';
import { Audited, Money, newId } from '../platform/index.js';
import type { CancelResult, ChargeResult } from './payment-gateway.js';
import {
  IdempotencyKeyReusedError,
  LateChargeError,
  PaymentInProgressError,
} from './payments.errors.js';

/**
 * Open payments are `processing` (the gateway is being asked) or `unsettled` (asked, but nobody knows its
 * answer); the others are final. A process that died while it asked leaves `processing` behind, which is
 * taken for unsettled once the gateway's time-out has passed.
 *
 *     processing ⇄ unsettled
 *          └────┬────┘
 *     succeeded · declined · cancelled
 */
export type PaymentStatus = 'processing' | 'unsettled' | 'succeeded' | 'declined' | 'cancelled';

export const OPEN_STATUSES = ['processing', 'unsettled'] as const satisfies PaymentStatus[];

export type OfflineMethod = 'bank_transfer' | 'cash';
export type PaymentMethod = 'card' | OfflineMethod;

/** What is known after the gateway was asked. */
export type PaymentNews = ChargeResult | CancelResult | { readonly outcome: 'unknown' };

export interface CardPayment {
  readonly idempotencyKey: string;
  readonly requestFingerprint: string;
  readonly at: Date;
}

/** One try to pay an order. Its id is the reference under which the gateway knows it. */
@Audited<Payment>({
  columns: ['orderId', 'method', 'status', 'amount', 'currency', 'declineReason', 'settledAt'],
})
@Entity('payments')
export class Payment {
  @PrimaryColumn('uuid')
  readonly id!: string;

  @Column('uuid')
  orderId!: string;

  @Column('text')
  method!: PaymentMethod;

  @Column('text')
  status!: PaymentStatus;

  @Column(amountColumn)
  amount!: number;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('text', { nullable: true })
  idempotencyKey!: string | null;

  @Column('text', { nullable: true })
  requestFingerprint!: string | null;

  @Column('text', { nullable: true })
  gatewayReference!: string | null;

  @Column('text', { nullable: true })
  declineReason!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  /** When the gateway was last asked. */
  @Column('timestamptz')
  attemptedAt!: Date;

  @Column('timestamptz', { nullable: true })
  settledAt!: Date | null;

  /** A payment that the gateway is about to be asked for. */
  static byCard(order: Order, { idempotencyKey, requestFingerprint, at }: CardPayment): Payment {
    return Object.assign(Payment.of(order, 'card', at), { idempotencyKey, requestFingerprint });
  }

  /** A payment that staff saw arrive. */
  static received(order: Order, method: OfflineMethod, at: Date): Payment {
    return Object.assign(Payment.of(order, method, at), { status: 'succeeded', settledAt: at });
  }

  private static of(order: Order, method: PaymentMethod, at: Date): Payment {
    return Object.assign(new Payment(), {
      id: newId(),
      orderId: order.id,
      method,
      status: 'processing',
      amount: order.total.amount,
      currency: order.total.currency,
      idempotencyKey: null,
      requestFingerprint: null,
      gatewayReference: null,
      declineReason: null,
      createdAt: at,
      attemptedAt: at,
      settledAt: null,
    } satisfies Partial<Payment>);
  }

  get money(): Money {
    return { amount: this.amount, currency: this.currency };
  }

  get isOpen(): boolean {
    return OPEN_STATUSES.some((status) => status === this.status);
  }

  assertSameRequest(fingerprint: string): void {
    if (this.requestFingerprint !== fingerprint) throw new IdempotencyKeyReusedError();
  }

  /**
   * Another payment may replace this one only when its answer is overdue. The clocks of two processes may
   * differ: being early is harmless, since the gateway then decides whether it was charged or cancelled.
   */
  isOverdue(now: Date, timeoutMs: number): boolean {
    return this.status !== 'processing' || now >= this.overdueAt(timeoutMs);
  }

  /** @throws PaymentInProgressError while the answer may still come. */
  assertOverdue(now: Date, timeoutMs: number): void {
    if (!this.isOverdue(now, timeoutMs)) throw new PaymentInProgressError();
  }

  /** Until when the gateway has to answer the last attempt. */
  overdueAt(timeoutMs: number): Date {
    return new Date(this.attemptedAt.getTime() + timeoutMs);
  }

  /** The gateway is asked (again). */
  attempt(at: Date): void {
    if (!this.isOpen) throw new Error(`Payment ${this.id} is ${this.status}: nothing to ask for.`);
    this.status = 'processing';
    this.attemptedAt = at;
  }

  /** Takes what the gateway said; a payment that is final keeps its end. */
  settle(news: PaymentNews, at: Date): void {
    if (!this.isOpen) return this.refuteLateCharge(news);
    switch (news.outcome) {
      case 'unknown':
        this.status = 'unsettled';
        return;
      case 'charged':
        this.gatewayReference = news.gatewayReference;
        return this.end('succeeded', at);
      case 'declined':
        this.declineReason = news.reason;
        return this.end('declined', at);
      case 'cancelled':
        return this.end('cancelled', at);
    }
  }

  private end(status: PaymentStatus, at: Date): void {
    this.status = status;
    this.settledAt = at;
  }

  private refuteLateCharge({ outcome }: PaymentNews): void {
    if (outcome === 'charged' && this.status !== 'succeeded') {
      throw new LateChargeError(this.id, this.status);
    }
  }
}
