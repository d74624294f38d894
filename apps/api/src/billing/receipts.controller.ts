import { Controller, Get, HttpCode, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type SignedIn } from '../accounts/index.js';
import { OrdersService } from '../orders/index.js';
import { IdPipe, Problems } from '../platform/index.js';
import { ReceiptDto } from './receipt.dto.js';
import { receiptPdf } from './receipt.pdf.js';
import { ReceiptNotFoundError } from './receipts.errors.js';
import { ReceiptsService } from './receipts.service.js';

const NO_RECEIPT =
  'The order is not paid, or not yours: `receipt-not-found`. Or it is paid and the receipt comes in a moment, with Retry-After: `receipt-awaited`.';

@ApiTags('billing')
@Controller('orders/:id')
export class ReceiptsController {
  constructor(
    private readonly receipts: ReceiptsService,
    private readonly orders: OrdersService,
  ) {}

  /** The receipt of one of your orders, a moment after it is paid. */
  @Problems({ 404: NO_RECEIPT })
  @Get('receipt')
  async find(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(ReceiptNotFoundError)) id: string,
  ): Promise<ReceiptDto> {
    const receipt = await this.receipts.demandForOrder(id, user.id);
    return ReceiptDto.of(receipt);
  }

  /** Mails the receipt to you once more, also when its mail was given up: at most every five minutes. */
  @Problems({
    404: NO_RECEIPT,
    409: 'Its first mail is still tried: `receipt-on-its-way`.',
    429: 'It was mailed a moment ago: `receipt-mailed-lately`.',
  })
  @Post('receipt/mails')
  @HttpCode(202)
  async mailAgain(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(ReceiptNotFoundError)) id: string,
  ): Promise<void> {
    const receipt = await this.receipts.demandForOrder(id, user.id);
    const { number } = await this.orders.find({ id, customerId: user.id });
    await this.receipts.mailAgain(receipt.id, number);
  }

  /** The receipt for printing, as it was mailed. */
  @Problems({ 404: NO_RECEIPT })
  @ApiProduces('application/pdf')
  @Get('receipt.pdf')
  async print(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(ReceiptNotFoundError)) id: string,
  ): Promise<StreamableFile> {
    const receipt = await this.receipts.demandForOrder(id, user.id);
    const { number: orderNumber } = await this.orders.find({ id, customerId: user.id });
    const issuedAt = receipt.issuedAt.toISOString();
    const { number, lines, total } = receipt;
    return new StreamableFile(await receiptPdf({ number, orderNumber, lines, total, issuedAt }), {
      type: 'application/pdf',
      disposition: `inline; filename="${number}.pdf"`,
    });
  }
}
