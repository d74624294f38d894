import { Injectable } from '@nestjs/common';
import {
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  finalize,
  from,
  interval,
  share,
  type Observable,
} from 'rxjs';
import { SessionsService } from '../accounts/index.js';
import { ReceiptsService } from '../billing/index.js';
import { OrdersService } from '../orders/index.js';
import type { OrderState } from './order-facts.js';

/** How long a fact of another process may stay unknown here. */
const LOOK_MS = 2_000;

/** Somebody who watches an order. */
export interface Watcher {
  readonly orderId: string;
  readonly userId: string;
  readonly sessionId: string;
}

export interface Look {
  stateOf(orderId: string): OrderState | undefined;
  isOpen(sessionId: string): boolean;
}

/**
 * Looks at what is watched every two seconds: at all orders and sessions together, in as many statements for one
 * watcher as for a thousand.
 */
@Injectable()
export class OrderLookout {
  private readonly watchers = new Set<Watcher>();

  private readonly looks = interval(LOOK_MS).pipe(
    exhaustMap(() => from(this.look()).pipe(catchError(() => EMPTY))), // there is a next time
    share(),
  );

  constructor(
    private readonly orders: OrdersService,
    private readonly receipts: ReceiptsService,
    private readonly sessions: SessionsService,
  ) {}

  /** What is seen, for as long as somebody subscribes. */
  watch(watcher: Watcher): Observable<Look> {
    return defer(() => {
      this.watchers.add(watcher);
      return this.looks.pipe(finalize(() => this.watchers.delete(watcher)));
    });
  }

  /** How many streams a user has open. */
  watchedBy(userId: string): number {
    return [...this.watchers].filter((watcher) => watcher.userId === userId).length;
  }

  private async look(): Promise<Look> {
    const watchers = [...this.watchers];
    const ids = [...new Set(watchers.map(({ orderId }) => orderId))];
    const [orders, receipts, open] = await Promise.all([
      this.orders.statesOf(ids),
      this.receipts.findForOrders(ids),
      this.sessions.openAmong(watchers.map(({ sessionId }) => sessionId)),
    ]);
    const orderOf = new Map(orders.map((order) => [order.id, order]));
    const receiptOf = new Map(receipts.map((receipt) => [receipt.orderId, receipt]));
    return {
      stateOf: (orderId) => {
        const order = orderOf.get(orderId);
        return order && { order, receipt: receiptOf.get(orderId) ?? null };
      },
      isOpen: (sessionId) => open.has(sessionId),
    };
  }
}
