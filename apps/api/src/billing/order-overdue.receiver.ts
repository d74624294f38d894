import { Injectable } from '@nestjs/common';
import { DurableReceiver } from 'nestjs-signals/durable';
import { orderOverdue, type OrderOverdue } from '../orders/index.js';
import { TRIED_FOR_DAYS } from '../platform/index.js';
import { PaymentsService } from './payments.service.js';

@Injectable()
export class OrderOverdueReceiver {
  constructor(private readonly payments: PaymentsService) {}

  /** Tried again while the gateway cannot say what became of an open payment. */
  // signals-allow SIG007: it is told again for when an open payment is overdue, and a payment is settled then.
  @DurableReceiver(orderOverdue, {
    ...TRIED_FOR_DAYS,
    effect: 'external',
    dispatchUid: 'billing.expireUnpaid',
    delay: ({ toldAt, cancelAt }) => Date.parse(cancelAt) - Date.parse(toldAt),
  })
  expireUnpaid({ orderId }: OrderOverdue): Promise<void> {
    return this.payments.expire({ id: orderId });
  }
}
