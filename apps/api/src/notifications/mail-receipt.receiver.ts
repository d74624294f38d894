import { Injectable } from '@nestjs/common';
import type { DurableReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import { AccountsService } from '../accounts/index.js';
import {
  receiptIssued,
  receiptPdf,
  receiptRequested,
  ReceiptsService,
  type ReceiptIssued,
  type ReceiptRequested,
} from '../billing/index.js';
import { TRIED_FOR_DAYS } from '../platform/index.js';
import { Mailer, MailRefusedError } from './mailer.js';
import { receiptMail } from './mails.js';

@Injectable()
export class MailReceiptReceiver {
  constructor(
    private readonly accounts: AccountsService,
    private readonly receipts: ReceiptsService,
    private readonly mailer: Mailer,
  ) {}

  /** Again after a crash, under the same Message-ID: a receipt twice is better than none. */
  @DurableReceiver(receiptIssued, {
    ...TRIED_FOR_DAYS,
    effect: 'external',
    dispatchUid: 'notifications.mailReceipt',
  })
  mailReceipt(receipt: ReceiptIssued, context: DurableReceiverContext): Promise<void> {
    return this.mail(receipt, context);
  }

  @DurableReceiver(receiptRequested, {
    ...TRIED_FOR_DAYS,
    effect: 'external',
    dispatchUid: 'notifications.mailReceiptAgain',
  })
  mailReceiptAgain(receipt: ReceiptRequested, context: DurableReceiverContext): Promise<void> {
    return this.mail(receipt, context);
  }

  private async mail(
    receipt: ReceiptIssued,
    { idempotencyKey, attempt }: DurableReceiverContext,
  ): Promise<void> {
    const customer = await this.accounts.findById(receipt.customerId);
    if (!customer) return;
    const pdf = await receiptPdf(receipt);
    try {
      await this.mailer.send(receiptMail(receipt, pdf, customer.email), idempotencyKey);
    } catch (error) {
      const isLast = error instanceof MailRefusedError || attempt > TRIED_FOR_DAYS.retries;
      if (isLast) await this.receipts.markUndeliverable(receipt.receiptId, new Date());
      throw error;
    }
    await this.receipts.markMailed(receipt.receiptId, new Date());
  }
}
