import { EventEmitter } from 'node:events';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { fromEventPattern, ReplaySubject, type Observable } from 'rxjs';
import {
  receiptIssued,
  receiptMailed,
  type ReceiptIssued,
  type ReceiptMailed,
} from '../billing/index.js';
import { orderExpired, orderPaid, type OrderExpired, type OrderPaid } from '../orders/index.js';
import type { OrderFact } from './order-facts.js';

/** Hands committed facts about an order to whoever listens in this process; another process hears nothing. */
@Injectable()
export class OrderNews implements BeforeApplicationShutdown {
  private readonly facts = new EventEmitter().setMaxListeners(0);
  private readonly end = new ReplaySubject<void>(1);

  /** Emits once the application shuts down. */
  readonly closing: Observable<void> = this.end;

  about(orderId: string): Observable<OrderFact> {
    return fromEventPattern(
      (listen) => this.facts.on(orderId, listen),
      (listen) => this.facts.off(orderId, listen),
    );
  }

  @OnEvent(orderPaid.name)
  paid({ orderId, paidAt }: OrderPaid): void {
    this.tell({ type: 'paid', orderId, at: paidAt });
  }

  @OnEvent(orderExpired.name)
  expired({ orderId, expiredAt }: OrderExpired): void {
    this.tell({ type: 'cancelled', orderId, at: expiredAt });
  }

  @OnEvent(receiptIssued.name)
  receipted({ orderId, issuedAt, number }: ReceiptIssued): void {
    this.tell({ type: 'receipted', orderId, at: issuedAt, receiptNumber: number });
  }

  @OnEvent(receiptMailed.name)
  mailed({ orderId, mailedAt }: ReceiptMailed): void {
    this.tell({ type: 'mailed', orderId, at: mailedAt });
  }

  beforeApplicationShutdown(): void {
    this.end.next();
  }

  private tell(fact: OrderFact): void {
    this.facts.emit(fact.orderId, fact);
  }
}
