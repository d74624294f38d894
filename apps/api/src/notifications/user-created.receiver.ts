import { Injectable } from '@nestjs/common';
import { created, type DurableReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import { postSave, type SerializedSave } from 'nestjs-signals/typeorm';
import { User } from '../accounts/index.js';
import { TRIED_FOR_DAYS } from '../platform/index.js';
import { Mailer } from './mailer.js';
import { welcomeMail } from './mails.js';

@Injectable()
export class UserCreatedReceiver {
  constructor(private readonly mailer: Mailer) {}

  /** Who was not registered after all is not welcomed, and nobody waits for the mail server. */
  @DurableReceiver(postSave, {
    sender: User,
    when: created,
    ...TRIED_FOR_DAYS,
    effect: 'external',
    columns: ['email'],
    dispatchUid: 'notifications.sendWelcome',
  })
  sendWelcome(
    { values: { email = '' } }: SerializedSave<User>,
    { idempotencyKey }: DurableReceiverContext,
  ): Promise<void> {
    return this.mailer.send(welcomeMail({ email }), idempotencyKey);
  }
}
