import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Configuration, StartupError } from '../platform/index.js';
import { PaymentGateway } from './payment-gateway.js';

/** The application would give goods away. */
export class StandInGatewayError extends StartupError {
  override readonly name = 'StandInGatewayError';

  constructor() {
    super(
      'The payment gateway is the sandbox, which takes no money: production does not start with it. ' +
        'Write a PaymentGateway for your payment provider and provide it in billing.module.ts, or start with NODE_ENV=development.',
    );
  }
}

@Injectable()
export class GatewayCheck implements OnModuleInit {
  constructor(
    private readonly configuration: Configuration,
    private readonly gateway: PaymentGateway,
  ) {}

  onModuleInit(): void {
    if (this.configuration.isProduction && !this.gateway.takesMoney)
      throw new StandInGatewayError();
  }
}
