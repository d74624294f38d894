import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageOf, PageQuery } from '../platform/index.js';
import { OrderDto } from './order.dto.js';
import type { Order, OrderStatus } from './order.entity.js';

const STATUSES = ['pending', 'paid', 'cancelled'] as const satisfies OrderStatus[];

export class StaffOrdersQuery extends PageQuery {
  /** Only the orders of this state. */
  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES, { message: 'must be pending, paid or cancelled' })
  readonly status?: OrderStatus;
}

export class StaffOrderDto extends OrderDto {
  /** Who ordered. */
  readonly customerEmail!: string;

  static with(order: Order, customerEmail: string): StaffOrderDto {
    return Object.assign(OrderDto.of(order), { customerEmail });
  }
}

export class StaffOrderPageDto extends PageOf(StaffOrderDto) {}
