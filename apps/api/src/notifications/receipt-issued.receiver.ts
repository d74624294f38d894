import { Injectable } from '@nestjs/common';
import { Receiver } from 'nestjs-signals/nestjs';
import { AccountsService } from '../accounts/index.js';
import { receiptIssued, type ReceiptIssued } from '../billing/index.js';
import { Mailer } from './mailer.js';
import { receiptMail } from './mails.js';

@Injectable()
export class ReceiptIssuedReceiver {
  constructor(
    private readonly accounts: AccountsService,
    private readonly mailer: Mailer,
  ) {}

  /** After the commit: a mail cannot be rolled back, and a mail server that is down harms no payment. */
  @Receiver(receiptIssued, { phase: 'afterCommit', dispatchUid: 'notifications.mailReceipt' })
  async mailReceipt(receipt: ReceiptIssued): Promise<void> {
    const customer = await this.accounts.findById(receipt.customerId);
    if (customer) await this.mailer.send(receiptMail(receipt, customer.email));
  }
}
