import type { TestingModuleBuilder } from '@nestjs/testing';
import { PaymentGateway } from '../../apps/api/src/billing/index.js';
import { WatchedGateway } from './watched-gateway.js';

/** What production cannot do without, beside its database. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'The shop <orders@shop.dev>',
  ACCESS_TOKEN_SECRET: 'a secret of at least 32 characters',
};

class RealGateway extends WatchedGateway {
  override readonly takesMoney = true;
}

/** Payments go to something that passes for a gateway of one's own. */
export function withRealGateway(builder: TestingModuleBuilder): TestingModuleBuilder {
  return builder.overrideProvider(PaymentGateway).useValue(new RealGateway());
}
