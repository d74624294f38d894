import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccountsService, StaffOnly } from '../accounts/index.js';
import { Problems, toPage } from '../platform/index.js';
import { OrdersService } from './orders.service.js';
import { StaffOrderDto, StaffOrderPageDto, StaffOrdersQuery } from './staff-order.dto.js';

@ApiTags('orders')
@StaffOnly()
@Controller('staff/orders')
export class StaffOrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly accounts: AccountsService,
  ) {}

  /** Everybody's orders, the newest first, page by page; staff only. */
  @Problems({
    401: 'You are not signed in: `not-signed-in`.',
    403: 'You are not staff: `staff-only`.',
  })
  @Get()
  async list(@Query() query: StaffOrdersQuery): Promise<StaffOrderPageDto> {
    const orders = await this.orders.listEverybodys(query);
    const emails = await this.accounts.emailsOf(orders.map(({ customerId }) => customerId));
    return toPage(orders, query.limit, (order) =>
      StaffOrderDto.with(order, emails.get(order.customerId) ?? ''),
    );
  }
}
