import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AccountsModule } from '../accounts/index.js';
import { OrdersModule } from '../orders/index.js';
import { GatewayCheck } from './gateway-check.js';
import { OrderOverdueReceiver } from './order-overdue.receiver.js';
import { OrderPaidReceiver } from './order-paid.receiver.js';
import { PaymentBegunReceiver } from './payment-begun.receiver.js';
import { PaymentGateway } from './payment-gateway.js';
import { Payment } from './payment.entity.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsService } from './payments.service.js';
import { Receipt } from './receipt.entity.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReceiptsService } from './receipts.service.js';
import { SandboxCharges } from './sandbox-charges.js';
import { SandboxPaymentGateway } from './sandbox-payment-gateway.js';

@Module({
  imports: [AccountsModule, OrdersModule, TypeOrmModule.forFeature([Payment, Receipt])],
  controllers: [PaymentsController, ReceiptsController],
  providers: [
    GatewayCheck,
    PaymentsService,
    ReceiptsService,
    OrderOverdueReceiver,
    OrderPaidReceiver,
    PaymentBegunReceiver,
    {
      provide: PaymentGateway,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) =>
        new SandboxPaymentGateway(new SandboxCharges(dataSource)),
    },
  ],
  exports: [ReceiptsService],
})
export class BillingModule {}
