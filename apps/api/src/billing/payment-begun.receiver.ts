import { Injectable } from '@nestjs/common';
import { DurableReceiver } from 'nestjs-signals/durable';
import { TRIED_FOR_DAYS } from '../platform/index.js';
import { paymentBegun, type PaymentBegun } from './billing.signals.js';
import { PaymentsService } from './payments.service.js';

@Injectable()
export class PaymentBegunReceiver {
  constructor(private readonly payments: PaymentsService) {}

  /** For payments that nobody comes back for. The gateway is asked by reference, so a repetition does no harm. */
  @DurableReceiver(paymentBegun, {
    ...TRIED_FOR_DAYS,
    effect: 'external',
    dispatchUid: 'billing.settleOverdue',
    delay: ({ attemptedAt, overdueAt }) => Date.parse(overdueAt) - Date.parse(attemptedAt),
  })
  settleOverdue({ paymentId, attemptedAt }: PaymentBegun): Promise<void> {
    return this.payments.settleOverdue(paymentId, new Date(attemptedAt));
  }
}
