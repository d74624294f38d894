import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource, In, type EntityManager } from 'typeorm';
import { OrdersService, type Order, type OrderKey } from '../orders/index.js';
import { PaymentGateway, PaymentGatewayTimeoutError } from './payment-gateway.js';
import { OPEN_STATUSES, Payment, type OfflineMethod, type PaymentNews } from './payment.entity.js';
import {
  PaymentCancelledError,
  PaymentDeclinedError,
  PaymentGatewayFailedError,
  PaymentTimedOutError,
} from './payments.errors.js';

export interface PaymentRequest {
  readonly order: OrderKey;
  readonly idempotencyKey: string;
  readonly paymentToken?: string | undefined;
}

interface Paying {
  readonly order: Order;
  readonly payment: Payment;
}

/**
 * Pays an order once. A payment by card takes three steps, and no transaction is open while the gateway is asked:
 *
 * 1. in a transaction that locks the order: find the payment of this key, or write down a new one;
 * 2. ask the gateway, under the payment's id;
 * 3. in a transaction that locks the order: write its answer down and mark the order paid, which issues the receipt.
 *
 * Whatever happens between 2 and 3 (the process is killed, the receipt fails and rolls step 3 back), the money is
 * charged and the order is pending. The same key then finishes what it began, since the gateway charges one payment
 * once; another key, or staff, first asks the gateway to cancel, and learns that it was charged.
 */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly orders: OrdersService,
    private readonly gateway: PaymentGateway,
  ) {}

  /** The same request under the same key gets the same answer. */
  async pay(request: PaymentRequest): Promise<Order> {
    const { order, payment } = await this.withoutRival((manager) => this.begin(request, manager));
    if (!payment.isOpen) return answer({ order, payment });

    const { id: reference, money: amount } = payment;
    const { paymentToken: token } = request;
    const news = await this.ask(payment, () =>
      this.gateway.charge({ reference, amount, ...(token !== undefined && { token }) }),
    );
    return answer(await this.settle(payment, news));
  }

  /** Staff saw the money arrive: no gateway to ask, the rest is the same. */
  async markPaid(orderKey: OrderKey, method: OfflineMethod): Promise<Order> {
    const paid = await this.withoutRival(async (manager) => {
      const order = await this.orders.lock(orderKey, manager);
      order.assertPayable();
      const rival = await this.findOverdue(order, manager);
      if (rival) return { rival };

      const payment = Payment.received(order, method, new Date());
      await manager.save(payment);
      await this.orders.markPaid(order, payment.createdAt, manager);
      return { order, payment };
    });
    return paid.order;
  }

  private async begin(
    { order: orderKey, idempotencyKey, paymentToken }: PaymentRequest,
    manager: EntityManager,
  ): Promise<Paying | { rival: Payment }> {
    const order = await this.orders.lock(orderKey, manager);
    const at = new Date();
    const requestFingerprint = fingerprint({ paymentToken });
    const known = await manager.findOneBy(Payment, { orderId: order.id, idempotencyKey });
    if (known) {
      known.assertSameRequest(requestFingerprint);
      if (known.isOpen) {
        known.attempt(at);
        await manager.save(known);
      }
      return { order, payment: known };
    }

    order.assertPayable();
    const rival = await this.findOverdue(order, manager);
    if (rival) return { rival };

    const payment = Payment.byCard(order, { idempotencyKey, requestFingerprint, at });
    await manager.save(payment);
    return { order, payment };
  }

  private async findOverdue(order: Order, manager: EntityManager): Promise<Payment | null> {
    const open = await manager.findOneBy(Payment, { orderId: order.id, status: In(OPEN_STATUSES) });
    open?.assertOverdue(new Date(), this.gateway.timeoutMs);
    return open;
  }

  /** Tries `step` until no overdue payment is in its way; each one is first cancelled, or found charged. */
  private async withoutRival(
    step: (manager: EntityManager) => Promise<Paying | { rival: Payment }>,
  ): Promise<Paying> {
    for (;;) {
      const taken = await atomic(this.dataSource, step);
      if ('payment' in taken) return taken;

      const { rival } = taken;
      await this.settle(rival, await this.ask(rival, () => this.gateway.cancel(rival.id)));
    }
  }

  private settle({ id, orderId }: Payment, news: PaymentNews): Promise<Paying> {
    return atomic(this.dataSource, async (manager) => {
      const order = await this.orders.lock({ id: orderId }, manager);
      const payment = await manager.findOneByOrFail(Payment, { id });
      const at = new Date();
      const wasOpen = payment.isOpen;
      payment.settle(news, at);
      await manager.save(payment);
      if (wasOpen && payment.status === 'succeeded') await this.orders.markPaid(order, at, manager);
      return { order, payment };
    });
  }

  private async ask<News>(payment: Payment, question: () => Promise<News>): Promise<News> {
    try {
      return await question();
    } catch (cause) {
      await this.settle(payment, { outcome: 'unknown' });
      throw cause instanceof PaymentGatewayTimeoutError
        ? new PaymentTimedOutError({ cause })
        : new PaymentGatewayFailedError({ cause });
    }
  }
}

function answer({ order, payment }: Paying): Order {
  switch (payment.status) {
    case 'succeeded':
      return order;
    case 'declined':
      throw new PaymentDeclinedError(payment.declineReason ?? 'no reason was given');
    case 'cancelled':
      throw new PaymentCancelledError();
    default:
      throw new PaymentTimedOutError();
  }
}

/** The token itself is not kept: it is worth money. */
function fingerprint(request: { readonly paymentToken: string | undefined }): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
