import type { DynamicModule } from '@nestjs/common';
import type { DurableSignals } from 'nestjs-signals/durable';
import { InspectorModule } from 'nestjs-signals/inspector';
import { MailCatcher, NotificationsModule } from './notifications/index.js';
import { Configuration } from './platform/index.js';

/** What people would say that a handler does. */
const TITLES = {
  'AccountsController.register': 'Registering',
  'SessionsController.signIn': 'Signing in',
  'OrdersController.place': 'Placing an order',
  'PaymentsController.pay': 'Paying an order',
  'PaymentsController.markPaid': 'Marking an order as paid',
};

/** Shows at /_signals what requests lead to, in development. */
export function inspectorModule(durable: DurableSignals): DynamicModule {
  return InspectorModule.forRootAsync({
    imports: [NotificationsModule],
    inject: [Configuration, MailCatcher],
    useFactory: ({ environment }: Configuration, catcher: MailCatcher) => ({
      environment,
      titles: TITLES,
      durable,
      visible: ['number', 'currency', 'total.currency', 'status'],
      ...(catcher.isRunning && { mails: () => catcher.list() }),
    }),
  });
}
