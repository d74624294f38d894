import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { BillingModule } from '../billing/index.js';
import { OrdersModule } from '../orders/index.js';
import { Configuration } from '../platform/index.js';
import { DevMailController } from './dev-mail.controller.js';
import { MailCatcher } from './mail-catcher.js';
import { Mailer } from './mailer.js';
import { OrderEventsController } from './order-events.controller.js';
import { OrderEventsService } from './order-events.service.js';
import { OrderLookout } from './order-lookout.js';
import { OrderNews } from './order-news.js';
import { MailReceiptReceiver } from './mail-receipt.receiver.js';
import { PasswordChangedReceiver } from './password-changed.receiver.js';
import { SmtpMailer } from './smtp-mailer.js';
import { UserCreatedReceiver } from './user-created.receiver.js';

@Module({
  imports: [AccountsModule, OrdersModule, BillingModule],
  controllers: [OrderEventsController, DevMailController],
  providers: [
    OrderNews,
    OrderEventsService,
    OrderLookout,
    MailCatcher,
    {
      provide: Mailer,
      inject: [Configuration, MailCatcher],
      useFactory: async ({ smtpUrl, mailFrom }: Configuration, catcher: MailCatcher) =>
        new SmtpMailer(smtpUrl ?? (await catcher.start()), mailFrom),
    },
    UserCreatedReceiver,
    MailReceiptReceiver,
    PasswordChangedReceiver,
  ],
  exports: [MailCatcher],
})
export class NotificationsModule {}
