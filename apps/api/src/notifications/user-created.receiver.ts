import { Injectable } from '@nestjs/common';
import { created } from 'nestjs-signals';
import { Receiver } from 'nestjs-signals/nestjs';
import { postSave, type PostSave } from 'nestjs-signals/typeorm';
import { User } from '../accounts/index.js';
import { Mailer } from './mailer.js';
import { welcomeMail } from './mails.js';

@Injectable()
export class UserCreatedReceiver {
  constructor(private readonly mailer: Mailer) {}

  /** After the commit: who was not registered after all is not welcomed. */
  @Receiver(postSave, {
    sender: User,
    when: created,
    phase: 'afterCommit',
    dispatchUid: 'notifications.sendWelcome',
  })
  sendWelcome({ instance }: PostSave<User>): Promise<void> {
    return this.mailer.send(welcomeMail(instance));
  }
}
