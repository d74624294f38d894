import { randomUUID } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import type { DurableSignals } from 'nestjs-signals/durable';
import { InspectorModule, type ExampleRequest } from 'nestjs-signals-inspector';
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
    useFactory: ({ environment, publicUrl, tracingUi }: Configuration, catcher: MailCatcher) => ({
      environment,
      hosts: publicUrl === undefined ? [] : [new URL(publicUrl).host],
      ...(tracingUi !== undefined && { tracingUi }),
      titles: TITLES,
      durable,
      example: registration,
      visible: ['number', 'currency', 'total.currency', 'status'],
      ...(catcher.isRunning && { mails: () => catcher.list() }),
    }),
  });
}

function registration(): ExampleRequest {
  const email = `demo-${randomUUID().slice(0, 8)}@example.test`;
  return {
    label: 'Register a demo user',
    method: 'POST',
    path: '/api/v1/accounts',
    body: { email, password: 'correct horse battery staple' },
  };
}
