import { Injectable } from '@nestjs/common';
import { Signals } from 'nestjs-signals';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource, In, type EntityManager } from 'typeorm';
import { OrdersService, type OrderPaid } from '../orders/index.js';
import {
  receiptIssued,
  receiptMailed,
  receiptRequested,
  type ReceiptIssued,
} from './billing.signals.js';
import { Receipt } from './receipt.entity.js';
import { ReceiptAwaitedError, ReceiptNotFoundError } from './receipts.errors.js';

@Injectable()
export class ReceiptsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly orders: OrdersService,
    private readonly signals: Signals,
  ) {}

  /**
   * The receipt of one of the customer's orders.
   *
   * @throws ReceiptAwaitedError while a paid order has none yet, otherwise ReceiptNotFoundError.
   */
  async demandForOrder(orderId: string, customerId: string): Promise<Receipt> {
    const receipt = await this.findForOrder(orderId, customerId);
    if (receipt) return receipt;
    const isPaid = await this.orders.isPaid({ id: orderId, customerId });
    throw isPaid ? new ReceiptAwaitedError(orderId) : new ReceiptNotFoundError(orderId);
  }

  /** The receipt of one of the customer's orders; null before it is issued. */
  findForOrder(orderId: string, customerId: string): Promise<Receipt | null> {
    return this.dataSource.manager.findOneBy(Receipt, { orderId, customerId });
  }

  findForOrders(orderIds: readonly string[]): Promise<Receipt[]> {
    return this.dataSource.manager.findBy(Receipt, { orderId: In([...orderIds]) });
  }

  /** Notes the first time that the receipt was mailed; later ones repeat it. */
  markMailed(receiptId: string, at: Date): Promise<void> {
    return atomic(this.dataSource, async (manager) => {
      const receipt = await manager.findOneOrFail(Receipt, {
        where: { id: receiptId },
        lock: { mode: 'pessimistic_write' },
      });
      const isFirst = receipt.delivered(at);
      await manager.save(receipt);
      if (!isFirst) return;
      const { orderId } = receipt;
      const mailedAt = at.toISOString();
      await this.signals.send(
        receiptMailed,
        { receiptId, orderId, mailedAt },
        { sender: Receipt, manager },
      );
    });
  }

  /** Notes that a mail of the receipt was given up: it may be asked for again. */
  async markUndeliverable(receiptId: string, at: Date): Promise<void> {
    await atomic(this.dataSource, async (manager) => {
      const receipt = await manager.findOneOrFail(Receipt, {
        where: { id: receiptId },
        lock: { mode: 'pessimistic_write' },
      });
      await manager.save(Object.assign(receipt, { mailFailedAt: at }));
    });
  }

  /**
   * Has a receipt mailed once more, after the commit.
   *
   * @throws ReceiptOnItsWayError, ReceiptMailedLatelyError
   */
  mailAgain(receiptId: string, orderNumber: string): Promise<void> {
    return atomic(this.dataSource, async (manager) => {
      const receipt = await manager.findOneOrFail(Receipt, {
        where: { id: receiptId },
        lock: { mode: 'pessimistic_write' },
      });
      receipt.request(new Date());
      await manager.save(receipt);
      await this.signals.send(receiptRequested, wordsOf(receipt, orderNumber), {
        sender: Receipt,
        manager,
      });
    });
  }

  /** Part of the caller's transaction, for an order that is paid for good. */
  async issue(order: OrderPaid, manager: EntityManager): Promise<void> {
    const sequence = await nextSequence(new Date(order.paidAt).getUTCFullYear(), manager);
    const receipt = await manager.save(Receipt.for(order, sequence));
    await this.orders.noteReceipt(order.orderId, receipt.number, manager);
    await this.signals.send(receiptIssued, wordsOf(receipt, order.number), {
      sender: Receipt,
      manager,
    });
  }
}

function wordsOf(receipt: Receipt, orderNumber: string): ReceiptIssued {
  const { id: receiptId, number, orderId, customerId, lines, total } = receipt;
  const issuedAt = receipt.issuedAt.toISOString();
  return { receiptId, number, orderId, orderNumber, customerId, lines, total, issuedAt };
}

/**
 * Receipts are numbered without a gap, which no sequence does: one that is rolled back gives its number back. The
 * price is that receipts queue here, each for the rest of its transaction; payments do not.
 */
async function nextSequence(year: number, manager: EntityManager): Promise<number> {
  const [row] = await manager.query<{ last_number: number }[]>(
    `INSERT INTO receipt_counters (year, last_number) VALUES ($1, 1)
     ON CONFLICT (year) DO UPDATE SET last_number = receipt_counters.last_number + 1
     RETURNING last_number`,
    [year],
  );
  return Number(row?.last_number);
}
