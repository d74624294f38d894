import { Injectable } from '@nestjs/common';
import type { DurableReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import { orderPlaced, type OrderPlaced } from './orders.signals.js';
import { OrdersService } from './orders.service.js';

@Injectable()
export class OrderPlacedReceiver {
  constructor(private readonly orders: OrdersService) {}

  /**
   * Written down with the order, due when its time is up: no process has to remember it. Whoever takes payments
   * hears it, and cancels the order once no money is on its way.
   */
  @DurableReceiver(orderPlaced, {
    dispatchUid: 'orders.expireUnpaid',
    delay: ({ placedAt, expiresAt }) => Date.parse(expiresAt) - Date.parse(placedAt),
  })
  expireUnpaid({ orderId }: OrderPlaced, { manager }: DurableReceiverContext): Promise<void> {
    return this.orders.tellOverdue({ id: orderId }, new Date(), manager);
  }
}
