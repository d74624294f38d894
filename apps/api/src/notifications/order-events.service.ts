import { Injectable, type MessageEvent } from '@nestjs/common';
import {
  concat,
  defer,
  finalize,
  from,
  interval,
  map,
  merge,
  ReplaySubject,
  takeUntil,
  type Observable,
} from 'rxjs';
import { ReceiptsService } from '../billing/index.js';
import { OrdersService } from '../orders/index.js';
import { OrderNews, type OrderFact } from './order-news.js';

const HEARTBEAT_MS = 15_000;

/**
 * The life of an order as it happens. Each stream begins with the state of the order, loaded after it began to
 * listen, so nothing is missed in between; a fact may be told by both. Facts come from this process: where several
 * serve the API, a page learns of a payment through another one when it connects again.
 */
@Injectable()
export class OrderEventsService {
  constructor(
    private readonly orders: OrdersService,
    private readonly receipts: ReceiptsService,
    private readonly news: OrderNews,
  ) {}

  async watch(orderId: string, customerId: string): Promise<Observable<MessageEvent>> {
    await this.orders.find({ id: orderId, customerId }); // the last moment to answer with a problem
    return defer(() => {
      const heard = new ReplaySubject<OrderFact>();
      const listening = this.news.about(orderId).subscribe(heard);
      const events = concat(from(this.state(orderId, customerId)), heard.pipe(map(messageOf)));
      return merge(events, heartbeats()).pipe(
        takeUntil(this.news.closing),
        finalize(() => listening.unsubscribe()),
      );
    });
  }

  private async state(id: string, customerId: string): Promise<MessageEvent> {
    const { status, paidAt } = await this.orders.find({ id, customerId });
    const receipt = await this.receipts.findForOrder(id, customerId);
    return {
      id: `${id}:state`,
      type: 'state',
      data: {
        orderId: id,
        status,
        ...(paidAt && { paidAt: paidAt.toISOString() }),
        ...(receipt && { receiptNumber: receipt.number }),
        at: new Date().toISOString(),
      },
    };
  }
}

function messageOf({ type, ...data }: OrderFact): MessageEvent {
  return { id: `${data.orderId}:${type}`, type, data };
}

/** Comments that keep proxies from closing a quiet connection. */
function heartbeats(): Observable<MessageEvent> {
  return interval(HEARTBEAT_MS).pipe(map(() => ({ comment: 'still here' })));
}
