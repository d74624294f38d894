import { Injectable } from '@nestjs/common';
import type { DurableReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import { passwordChanged, type PasswordChanged } from '../accounts/index.js';
import { TRIED_FOR_DAYS } from '../platform/index.js';
import { Mailer } from './mailer.js';
import { passwordChangedMail } from './mails.js';

@Injectable()
export class PasswordChangedReceiver {
  constructor(private readonly mailer: Mailer) {}

  /** Whose account was taken over learns it by this mail. */
  @DurableReceiver(passwordChanged, {
    ...TRIED_FOR_DAYS,
    effect: 'external',
    dispatchUid: 'notifications.mailPasswordChanged',
  })
  mailPasswordChanged(
    change: PasswordChanged,
    { idempotencyKey }: DurableReceiverContext,
  ): Promise<void> {
    return this.mailer.send(passwordChangedMail(change), idempotencyKey);
  }
}
