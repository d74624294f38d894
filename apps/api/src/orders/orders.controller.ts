import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type SignedIn } from '../accounts/index.js';
import { IdempotencyKey, IdPipe, PageQuery, Problems, toPage } from '../platform/index.js';
import { OrderDto, OrderPageDto } from './order.dto.js';
import { OrderNotFoundError } from './orders.errors.js';
import { OrdersService } from './orders.service.js';
import { PlaceOrderDto } from './place-order.dto.js';

@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /**
   * Places an order at the catalogue's prices; it stays pending until it is paid. Repeated under the same key it
   * places one order, and answers with that.
   */
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Names this order: 1 to 255 visible ASCII characters, a new UUID for example.',
  })
  @Problems({
    400: 'The header is malformed: `idempotency-key-required`.',
    422: 'A line is wrong: `validation-failed`, `unknown-product`, `duplicate-product`, `mixed-currencies`. Or the key belongs to another body: `idempotency-key-reused`.',
  })
  @Post()
  async place(
    @CurrentUser() { id: customerId }: SignedIn,
    @IdempotencyKey({ optional: true }) idempotencyKey: string | undefined,
    @Body() { lines }: PlaceOrderDto,
  ): Promise<OrderDto> {
    return OrderDto.of(await this.orders.place({ customerId, lines, idempotencyKey }));
  }

  /** Your orders, the newest first, page by page. */
  @Get()
  async list(@CurrentUser() user: SignedIn, @Query() page: PageQuery): Promise<OrderPageDto> {
    return toPage(await this.orders.list(user.id, page), page.limit, OrderDto.of);
  }

  /** One of your orders. */
  @Problems({ 404: 'You have no such order: `order-not-found`.' })
  @Get(':id')
  async find(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(OrderNotFoundError)) id: string,
  ): Promise<OrderDto> {
    return OrderDto.of(await this.orders.find({ id, customerId: user.id }));
  }
}
