import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Signals } from 'nestjs-signals';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource, In, type EntityManager } from 'typeorm';
import { OrdersService, type Order, type OrderKey } from '../orders/index.js';
import { paymentBegun } from './billing.signals.js';
import { PaymentGateway, PaymentGatewayTimeoutError } from './payment-gateway.js';
import { OPEN_STATUSES, Payment, type OfflineMethod, type PaymentNews } from './payment.entity.js';
import {
  LateChargeError,
  PaymentCancelledError,
  PaymentDeclinedError,
  PaymentGatewayFailedError,
  PaymentNotRecordedError,
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

/** An open payment that has to be asked about first. */
class Rival {
  constructor(readonly payment: Payment) {}
}

/** How much longer than it promises the gateway may take before it counts as silent. */
const GRACE_MS = 2_000;

/**
 * Pays an order once. A payment by card takes three steps, and no transaction is open while the gateway is asked:
 *
 * 1. in a transaction that locks the order: find the payment of this key, or write down a new one;
 * 2. ask the gateway, under the payment's id;
 * 3. in a transaction that locks the order: write its answer down and mark the order paid.
 *
 * Whatever happens between 2 and 3, the money may have moved and the order is pending. The same key then finishes
 * what it began, since the gateway charges one payment once. Everybody else, who would pay the order in another way,
 * mark it paid or let it expire, first asks the gateway to cancel, and learns that it was charged. A delivery that
 * is written in step 1 does so too, once the answer is overdue: for a payment that nobody comes back for.
 */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly orders: OrdersService,
    private readonly gateway: PaymentGateway,
    private readonly signals: Signals,
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

  /** Staff saw the money arrive, however late: no gateway to ask, the rest is the same. */
  markPaid(orderKey: OrderKey, method: OfflineMethod): Promise<Order> {
    return this.withoutRival(async (manager) => {
      const order = await this.orders.lock(orderKey, manager);
      const rival = await this.findRival(order, manager);
      if (rival) return rival;
      order.assertUnpaid();

      const payment = Payment.received(order, method, new Date());
      await manager.save(payment);
      await this.orders.markPaid(order, payment.createdAt, manager);
      return order;
    });
  }

  /** Cancels an order whose time is up, unless it turns out to be paid; later where a payment is in progress. */
  expire(orderKey: OrderKey): Promise<void> {
    return this.withoutRival(async (manager) => {
      const order = await this.orders.lock(orderKey, manager);
      const open = await this.findOpen(order, manager);
      const { timeoutMs } = this.gateway;
      const at = new Date();
      if (!open) return this.orders.expire(order, at, manager);
      if (open.isOverdue(at, timeoutMs)) return new Rival(open);
      return this.orders.tellOverdue(order, open.overdueAt(timeoutMs), manager);
    });
  }

  /** Learns what became of an attempt to pay, unless somebody has learned it already or tries again. */
  async settleOverdue(paymentId: string, attemptedAt: Date): Promise<void> {
    const payment = await this.dataSource.manager.findOneByOrFail(Payment, { id: paymentId });
    if (payment.isOpen && payment.attemptedAt <= attemptedAt) await this.cancel(payment);
  }

  private async begin(
    { order: orderKey, idempotencyKey, paymentToken }: PaymentRequest,
    manager: EntityManager,
  ): Promise<Paying | Rival> {
    const order = await this.orders.lock(orderKey, manager);
    const at = new Date();
    const requestFingerprint = fingerprint({ paymentToken });
    const known = await manager.findOneBy(Payment, { orderId: order.id, idempotencyKey });
    if (known) {
      known.assertSameRequest(requestFingerprint);
      if (known.isOpen) {
        known.attempt(at);
        await this.saveBegun(known, manager);
      }
      return { order, payment: known };
    }

    const rival = await this.findRival(order, manager);
    if (rival) return rival;
    order.assertPayable();

    const payment = Payment.byCard(order, { idempotencyKey, requestFingerprint, at });
    await this.saveBegun(payment, manager);
    return { order, payment };
  }

  private async saveBegun(payment: Payment, manager: EntityManager): Promise<void> {
    await manager.save(payment);
    const { id: paymentId, orderId, attemptedAt } = payment;
    const overdueAt = payment.overdueAt(this.gateway.timeoutMs);
    await this.signals.send(
      paymentBegun,
      {
        paymentId,
        orderId,
        attemptedAt: attemptedAt.toISOString(),
        overdueAt: overdueAt.toISOString(),
      },
      { sender: Payment, manager },
    );
  }

  /** @throws PaymentInProgressError while its answer may still come. */
  private async findRival(order: Order, manager: EntityManager): Promise<Rival | undefined> {
    const open = await this.findOpen(order, manager);
    open?.assertOverdue(new Date(), this.gateway.timeoutMs);
    return open ? new Rival(open) : undefined;
  }

  private findOpen(order: Order, manager: EntityManager): Promise<Payment | null> {
    return manager.findOneBy(Payment, { orderId: order.id, status: In(OPEN_STATUSES) });
  }

  /** Tries `step` until no overdue payment is in its way; each one is first cancelled, or found charged. */
  private async withoutRival<T>(step: (manager: EntityManager) => Promise<T | Rival>): Promise<T> {
    for (;;) {
      const taken = await atomic(this.dataSource, step);
      if (!(taken instanceof Rival)) return taken;
      await this.cancel(taken.payment);
    }
  }

  private async cancel(payment: Payment): Promise<void> {
    await this.settle(payment, await this.ask(payment, () => this.gateway.cancel(payment.id)));
  }

  /** @throws PaymentNotRecordedError when the news cannot be written down. */
  private async settle({ id, orderId }: Payment, news: PaymentNews): Promise<Paying> {
    try {
      return await atomic(this.dataSource, async (manager) => {
        const order = await this.orders.lock({ id: orderId }, manager);
        const payment = await manager.findOneByOrFail(Payment, { id });
        const at = new Date();
        const wasOpen = payment.isOpen;
        payment.settle(news, at);
        await manager.save(payment);
        if (wasOpen && payment.status === 'succeeded') {
          await this.orders.markPaid(order, at, manager);
        }
        return { order, payment };
      });
    } catch (cause) {
      if (cause instanceof LateChargeError) throw cause;
      throw new PaymentNotRecordedError({ cause });
    }
  }

  private async ask<News>(payment: Payment, question: () => Promise<News>): Promise<News> {
    try {
      return await within(this.gateway.timeoutMs + GRACE_MS, payment.id, question());
    } catch (cause) {
      await this.settle(payment, { outcome: 'unknown' });
      throw cause instanceof PaymentGatewayTimeoutError
        ? new PaymentTimedOutError({ cause })
        : new PaymentGatewayFailedError({ cause });
    }
  }
}

/** Waits no longer for a gateway that breaks its promise to answer; what it does is learned later. */
async function within<T>(ms: number, reference: string, answering: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const silence = setTimeout(ms, undefined, { signal: answered.signal }).then(() => {
    throw new PaymentGatewayTimeoutError(reference);
  });
  try {
    return await Promise.race([answering, silence]);
  } finally {
    answered.abort();
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
