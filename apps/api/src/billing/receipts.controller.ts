import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, type SignedIn } from '../accounts/index.js';
import { IdPipe, Problems } from '../platform/index.js';
import { ReceiptDto } from './receipt.dto.js';
import { ReceiptNotFoundError } from './receipts.errors.js';
import { ReceiptsService } from './receipts.service.js';

@ApiTags('billing')
@Controller('orders/:id/receipt')
export class ReceiptsController {
  constructor(private readonly receipts: ReceiptsService) {}

  /** The receipt of one of your orders, once it is paid. */
  @Problems({ 404: 'The order is not paid, or not yours: `receipt-not-found`.' })
  @Get()
  async find(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(ReceiptNotFoundError)) id: string,
  ): Promise<ReceiptDto> {
    const receipt = await this.receipts.findForOrder(id, user.id);
    if (!receipt) throw new ReceiptNotFoundError(id);
    return ReceiptDto.of(receipt);
  }
}
