import {
  Column,
  Entity,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  type Relation,
} from 'typeorm';
import { Audited, IdempotencyKeyReusedError, Money, newId } from '../platform/index.js';
import { amountColumn } from './amount.column.js';
import {
  MixedCurrenciesError,
  OrderAlreadyPaidError,
  OrderCancelledError,
} from './orders.errors.js';
import type { Product } from './product.entity.js';

export type OrderStatus = 'pending' | 'paid' | 'cancelled';

export interface OrderedProduct {
  readonly product: Product;
  readonly quantity: number;
}

export interface OrderToPlace {
  readonly sequence: number;
  readonly customerId: string;
  readonly products: readonly OrderedProduct[];
  readonly at: Date;
  readonly request?: IdempotentRequest | undefined;
}

/** What a customer names a request by, and what it asked for. */
export interface IdempotentRequest {
  readonly idempotencyKey: string;
  readonly requestFingerprint: string;
}

/** The constraint that lets a customer place an order under a key once, however many requests come together. */
export const ORDER_KEY_UNIQUE = 'orders_idempotency_key_unique';

/** What a customer bought, at the prices of that moment. */
@Audited<Order>({
  columns: ['number', 'status', 'totalAmount', 'currency', 'paidAt', 'cancelledAt'],
})
@Entity('orders')
export class Order {
  @PrimaryColumn('uuid')
  readonly id!: string;

  @Column('text', { unique: true })
  number!: string;

  @Column('uuid')
  customerId!: string;

  @Column('text')
  status!: OrderStatus;

  @Column(amountColumn)
  totalAmount!: number;

  @Column('char', { length: 3 })
  currency!: string;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  paidAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  cancelledAt!: Date | null;

  @Column('text', { nullable: true })
  idempotencyKey!: string | null;

  @Column('text', { nullable: true })
  requestFingerprint!: string | null;

  /** Null until the receipt of the paid order is issued. */
  @Column('text', { nullable: true })
  receiptNumber!: string | null;

  @OneToMany(() => OrderLine, (line) => line.order, { cascade: ['insert'] })
  lines!: OrderLine[];

  static place({ sequence, customerId, products, at, request }: OrderToPlace): Order {
    const order = new Order();
    const lines = products.map((ordered, position) => OrderLine.of(ordered, position));
    return Object.assign(order, {
      id: newId(),
      number: `O-${at.getUTCFullYear()}-${String(sequence).padStart(6, '0')}`,
      customerId,
      status: 'pending',
      totalAmount: lines.reduce((sum, line) => sum + line.total.amount, 0),
      currency: onlyCurrencyOf(lines),
      createdAt: at,
      paidAt: null,
      cancelledAt: null,
      idempotencyKey: request?.idempotencyKey ?? null,
      requestFingerprint: request?.requestFingerprint ?? null,
      receiptNumber: null,
      lines,
    } satisfies Partial<Order>);
  }

  get total(): Money {
    return { amount: this.totalAmount, currency: this.currency };
  }

  /** @throws IdempotencyKeyReusedError when its key was sent with another body. */
  assertSameRequest(fingerprint: string): void {
    if (this.requestFingerprint !== fingerprint) throw new IdempotencyKeyReusedError();
  }

  /** Refuses to begin a payment of what is paid, or was cancelled. */
  assertPayable(): void {
    this.assertUnpaid();
    if (this.status === 'cancelled') throw new OrderCancelledError(this.number);
  }

  /** Refuses money for what is paid. */
  assertUnpaid(): void {
    if (this.status === 'paid') throw new OrderAlreadyPaidError(this.number);
  }

  /** Money that was on its way when the order was cancelled pays it all the same. */
  markPaid(at: Date): void {
    this.assertUnpaid();
    this.status = 'paid';
    this.paidAt = at;
    this.cancelledAt = null;
  }

  /** Answers whether there was anything to cancel. */
  expire(at: Date): boolean {
    if (this.status !== 'pending') return false;
    this.status = 'cancelled';
    this.cancelledAt = at;
    return true;
  }
}

/** A product of an order; name and price are copies, so that the catalogue may change. */
@Entity('order_lines')
export class OrderLine {
  @PrimaryColumn('uuid')
  readonly orderId!: string;

  @PrimaryColumn('integer')
  position!: number;

  @ManyToOne(() => Order, (order) => order.lines)
  @JoinColumn()
  order?: Relation<Order>;

  @Column('uuid')
  productId!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  quantity!: number;

  @Column(amountColumn)
  unitAmount!: number;

  @Column('char', { length: 3 })
  currency!: string;

  static of({ product, quantity }: OrderedProduct, position: number): OrderLine {
    return Object.assign(new OrderLine(), {
      position,
      productId: product.id,
      name: product.name,
      quantity,
      unitAmount: product.priceAmount,
      currency: product.priceCurrency,
    } satisfies Partial<OrderLine>);
  }

  get unitPrice(): Money {
    return { amount: this.unitAmount, currency: this.currency };
  }

  get total(): Money {
    return { amount: this.unitAmount * this.quantity, currency: this.currency };
  }
}

function onlyCurrencyOf(lines: readonly OrderLine[]): string {
  const [currency, another] = new Set(lines.map((line) => line.currency));
  if (currency === undefined || another !== undefined) throw new MixedCurrenciesError();
  return currency;
}
