import { Injectable } from '@nestjs/common';
import type { DurableReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import { orderPaid, type OrderPaid } from '../orders/index.js';
import { TRIED_FOR_DAYS } from '../platform/index.js';
import { ReceiptsService } from './receipts.service.js';

@Injectable()
export class OrderPaidReceiver {
  constructor(private readonly receipts: ReceiptsService) {}

  /**
   * After the payment is known for good: a receipt that cannot be issued now leaves the order paid. Many share a
   * transaction, since numbers are given by one transaction at a time.
   */
  @DurableReceiver(orderPaid, {
    ...TRIED_FOR_DAYS,
    batch: 20,
    concurrency: 1,
    dispatchUid: 'billing.issueReceipt',
  })
  issueReceipt(order: OrderPaid, { manager }: DurableReceiverContext): Promise<void> {
    return this.receipts.issue(order, manager);
  }
}
