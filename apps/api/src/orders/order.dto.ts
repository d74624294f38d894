import { ApiProperty } from '@nestjs/swagger';
import { Money, PageOf } from '../platform/index.js';
import type { Order, OrderStatus } from './order.entity.js';
import type { OrderPaidLine } from './orders.signals.js';

export class OrderLineDto {
  readonly productId!: string;
  /** The product's name when it was ordered. */
  readonly name!: string;
  @ApiProperty({ type: 'integer' })
  readonly quantity!: number;
  /** The product's price when it was ordered. */
  readonly unitPrice!: Money;
  readonly total!: Money;

  static of(
    this: void,
    { productId, name, quantity, unitPrice, total }: OrderPaidLine,
  ): OrderLineDto {
    return { productId, name, quantity, unitPrice, total };
  }
}

export class OrderDto {
  readonly id!: string;
  /** For people: unique and readable, like `O-2026-000123`. */
  readonly number!: string;
  /** `pending` until it is `paid`, or `cancelled` since nobody paid it in time. */
  readonly status!: OrderStatus;
  readonly lines!: OrderLineDto[];
  readonly total!: Money;
  readonly createdAt!: Date;
  /** When it was paid; absent while it is pending. */
  readonly paidAt?: Date;
  /** When it was cancelled; absent unless it is. */
  readonly cancelledAt?: Date;
  /** The receipt's number; absent until it is issued, a moment after the payment. */
  readonly receiptNumber?: string;

  static of(this: void, order: Order): OrderDto {
    const { receiptNumber } = order;
    return Object.assign(OrderDto.asPaid(order), receiptNumber !== null && { receiptNumber });
  }

  /** Without what comes after the payment: a payment that is repeated is answered the same. */
  static asPaid(this: void, order: Order): OrderDto {
    return {
      id: order.id,
      number: order.number,
      status: order.status,
      lines: order.lines.map(OrderLineDto.of),
      total: order.total,
      createdAt: order.createdAt,
      ...(order.paidAt && { paidAt: order.paidAt }),
      ...(order.cancelledAt && { cancelledAt: order.cancelledAt }),
    };
  }
}

export class OrderPageDto extends PageOf(OrderDto) {}
