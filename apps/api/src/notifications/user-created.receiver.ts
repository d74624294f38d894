import { Injectable } from '@nestjs/common';
import { created, Receiver, type DurableReceiverContext } from 'nestjs-signals';
import { postSave, type SerializedSave } from 'nestjs-signals/typeorm';
import { User } from '../accounts/index.js';
import { TRIED_FOR_DAYS } from '../platform/index.js';
import { Mailer } from './mailer.js';
import { welcomeMail } from './mails.js';

@Injectable()
export class UserCreatedReceiver {
  constructor(private readonly mailer: Mailer) {}

  /** Who was not registered after all is not welcomed, and nobody waits for the mail server. */
  @Receiver(postSave, {
    sender: User,
    when: created,
    ...TRIED_FOR_DAYS,
    phase: 'durable',
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
