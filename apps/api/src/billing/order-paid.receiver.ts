import { Injectable } from '@nestjs/common';
import type { ReceiverContext } from 'nestjs-signals';
import { Receiver } from 'nestjs-signals/nestjs';
import { orderPaid, type OrderPaid } from '../orders/index.js';
import { ReceiptsService } from './receipts.service.js';

@Injectable()
export class OrderPaidReceiver {
  constructor(private readonly receipts: ReceiptsService) {}

  /** In the transaction that pays the order: no payment without its receipt. */
  @Receiver(orderPaid, { dispatchUid: 'billing.issueReceipt' })
  issueReceipt(order: OrderPaid, { manager }: ReceiverContext): Promise<void> {
    return this.receipts.issue(order, manager);
  }
}
