import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import { CurrentUser, StaffOnly, type SignedIn } from '../accounts/index.js';
import { OrderDto, OrderNotFoundError } from '../orders/index.js';
import { IdempotencyKey, IdPipe, Problems } from '../platform/index.js';
import { MarkPaidDto } from './mark-paid.dto.js';
import { PayOrderDto } from './pay-order.dto.js';
import { PaymentsService } from './payments.service.js';

@ApiTags('billing')
@Controller('orders/:id')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  /** Pays one of your orders by card; repeated under the same key it pays once and answers the same. */
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'Names this payment: 1 to 255 visible ASCII characters, a new UUID for example.',
  })
  @Problems({
    400: 'The header is missing or malformed: `idempotency-key-required`.',
    402: 'The order stays pending: `payment-declined`.',
    404: 'You have no such order: `order-not-found`.',
    409: 'Nothing was charged: `order-already-paid`, `order-cancelled`, `payment-in-progress`, `payment-cancelled`.',
    422: 'The key belongs to another body: `idempotency-key-reused`.',
    502: 'The order stays pending, repeat the request: `payment-gateway-failed`.',
    503: 'The order stays pending, repeat the request: `payment-not-recorded`.',
    504: 'The order stays pending, repeat the request: `payment-timed-out`.',
  })
  @ApiBody({ type: PayOrderDto, required: false })
  @Post('pay')
  @HttpCode(200)
  async pay(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(OrderNotFoundError)) id: string,
    @IdempotencyKey() idempotencyKey: string,
    @Body() { paymentToken }: PayOrderDto,
  ): Promise<OrderDto> {
    const order = { id, customerId: user.id };
    return OrderDto.asPaid(await this.payments.pay({ order, idempotencyKey, paymentToken }));
  }

  /** Marks any order as paid by bank transfer or cash, also one that was cancelled in the meantime; staff only. */
  @Problems({
    403: 'You are not staff: `staff-only`.',
    404: 'There is no such order: `order-not-found`.',
    409: 'The order is paid or being paid: `order-already-paid`, `payment-in-progress`.',
    502: 'What became of a card payment is not known yet: `payment-gateway-failed`.',
    504: 'What became of a card payment is not known yet: `payment-timed-out`.',
  })
  @StaffOnly()
  @Post('mark-paid')
  @HttpCode(200)
  async markPaid(
    @Param('id', new IdPipe(OrderNotFoundError)) id: string,
    @Body() { method }: MarkPaidDto,
  ): Promise<OrderDto> {
    return OrderDto.asPaid(await this.payments.markPaid({ id }, method));
  }
}
