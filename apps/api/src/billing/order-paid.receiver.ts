import { Injectable } from '@nestjs/common';
import { Receiver, type DurableReceiverContext } from 'nestjs-signals';
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
  @Receiver(orderPaid, {
    ...TRIED_FOR_DAYS,
    phase: 'durable',
    batch: 20,
    concurrency: 1,
    dispatchUid: 'billing.issueReceipt',
  })
  issueReceipt(order: OrderPaid, { manager }: DurableReceiverContext): Promise<void> {
    return this.receipts.issue(order, manager);
  }
}
