import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/index.js';
import { DemoProducts } from './demo-products.js';
import { Order, OrderLine } from './order.entity.js';
import { OrdersController } from './orders.controller.js';
import { OrderPlacedReceiver } from './order-placed.receiver.js';
import { OrdersService } from './orders.service.js';
import { Product } from './product.entity.js';
import { ProductsController } from './products.controller.js';
import { ProductsService } from './products.service.js';
import { StaffOrdersController } from './staff-orders.controller.js';

@Module({
  imports: [AccountsModule, TypeOrmModule.forFeature([Product, Order, OrderLine])],
  controllers: [ProductsController, OrdersController, StaffOrdersController],
  providers: [ProductsService, OrdersService, OrderPlacedReceiver, DemoProducts],
  exports: [OrdersService],
})
export class OrdersModule {}
