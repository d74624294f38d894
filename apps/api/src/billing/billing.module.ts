import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/index.js';
import { OrdersModule } from '../orders/index.js';
import { OrderPaidReceiver } from './order-paid.receiver.js';
import { PaymentGateway } from './payment-gateway.js';
import { Payment } from './payment.entity.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsService } from './payments.service.js';
import { Receipt } from './receipt.entity.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReceiptsService } from './receipts.service.js';
import { SandboxPaymentGateway } from './sandbox-payment-gateway.js';

@Module({
  imports: [AccountsModule, OrdersModule, TypeOrmModule.forFeature([Payment, Receipt])],
  controllers: [PaymentsController, ReceiptsController],
  providers: [
    PaymentsService,
    ReceiptsService,
    OrderPaidReceiver,
    { provide: PaymentGateway, useClass: SandboxPaymentGateway },
  ],
  exports: [ReceiptsService],
})
export class BillingModule {}
