import { Injectable } from '@nestjs/common';
import type { DurableReceiverContext } from 'nestjs-signals';
import { Receiver } from 'nestjs-signals/nestjs';
import { AccountsService } from '../accounts/index.js';
import {
  receiptIssued,
  receiptPdf,
  receiptRequested,
  ReceiptsService,
  type ReceiptIssued,
  type ReceiptRequested,
} from '../billing/index.js';
import { Mailer } from './mailer.js';
import { receiptMail } from './mails.js';

@Injectable()
export class MailReceiptReceiver {
  constructor(
    private readonly accounts: AccountsService,
    private readonly receipts: ReceiptsService,
    private readonly mailer: Mailer,
  ) {}

  /** Again after a crash, under the same Message-ID: a receipt twice is better than none. */
  @Receiver(receiptIssued, {
    phase: 'durable',
    effect: 'external',
    onUncertain: 'repeat',
    dispatchUid: 'notifications.mailReceipt',
  })
  mailReceipt(receipt: ReceiptIssued, context: DurableReceiverContext): Promise<void> {
    return this.mail(receipt, context);
  }

  @Receiver(receiptRequested, {
    phase: 'durable',
    effect: 'external',
    onUncertain: 'repeat',
    dispatchUid: 'notifications.mailReceiptAgain',
  })
  mailReceiptAgain(receipt: ReceiptRequested, context: DurableReceiverContext): Promise<void> {
    return this.mail(receipt, context);
  }

  private async mail(
    receipt: ReceiptIssued,
    { idempotencyKey }: DurableReceiverContext,
  ): Promise<void> {
    const customer = await this.accounts.findById(receipt.customerId);
    if (!customer) return;
    const pdf = await receiptPdf(receipt);
    await this.mailer.send(receiptMail(receipt, pdf, customer.email), idempotencyKey);
    await this.receipts.markMailed(receipt.receiptId, new Date());
  }
}
