import { Injectable, type MessageEvent } from '@nestjs/common';
import {
  catchError,
  concat,
  defer,
  distinct,
  EMPTY,
  exhaustMap,
  filter,
  finalize,
  from,
  interval,
  map,
  merge,
  of,
  ReplaySubject,
  switchMap,
  takeUntil,
  type Observable,
} from 'rxjs';
import { ReceiptsService } from '../billing/index.js';
import { OrdersService } from '../orders/index.js';
import { factsOf, type OrderFact, type OrderState } from './order-facts.js';
import { OrderNews } from './order-news.js';

const HEARTBEAT_MS = 15_000;
/** How long a fact of another process may stay unknown here. */
const LOOK_MS = 2_000;

/**
 * The life of an order as it happens. Each stream begins with the state of the order, loaded after it began to
 * listen, so nothing is missed in between. Facts of this process are told at once; those of other processes and of
 * workers when the order is looked at again. Each is told once.
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
      const events = from(this.load(orderId, customerId)).pipe(
        switchMap((state) => concat(of(stateMessage(state)), this.facts(state, heard))),
      );
      return merge(events, heartbeats()).pipe(
        takeUntil(this.news.closing),
        finalize(() => listening.unsubscribe()),
      );
    });
  }

  /** What is not in the state yet. */
  private facts(state: OrderState, heard: Observable<OrderFact>): Observable<MessageEvent> {
    const { id, customerId } = state.order;
    const told = new Set(factsOf(state).map(({ type }) => type));
    const seen = interval(LOOK_MS).pipe(
      exhaustMap(() =>
        from(this.load(id, customerId)).pipe(
          switchMap(factsOf),
          catchError(() => EMPTY), // the database is away: there is a next time
        ),
      ),
    );
    return merge(heard, seen).pipe(
      filter(({ type }) => !told.has(type)),
      distinct(({ type }) => type),
      map(messageOf),
    );
  }

  private async load(id: string, customerId: string): Promise<OrderState> {
    const order = await this.orders.find({ id, customerId });
    const receipt = await this.receipts.findForOrder(id, customerId);
    return { order, receipt };
  }
}

function stateMessage({ order, receipt }: OrderState): MessageEvent {
  const { id: orderId, status, paidAt, cancelledAt } = order;
  return {
    id: `${orderId}:state`,
    type: 'state',
    data: {
      orderId,
      status,
      ...(paidAt && { paidAt: paidAt.toISOString() }),
      ...(cancelledAt && { cancelledAt: cancelledAt.toISOString() }),
      ...(receipt && { receiptNumber: receipt.number, issuedAt: receipt.issuedAt.toISOString() }),
      ...(receipt?.mailedAt && { mailedAt: receipt.mailedAt.toISOString() }),
      at: new Date().toISOString(),
    },
  };
}

function messageOf({ type, ...data }: OrderFact): MessageEvent {
  return { id: `${data.orderId}:${type}`, type, data };
}

/** Comments that keep proxies from closing a quiet connection. */
function heartbeats(): Observable<MessageEvent> {
  return interval(HEARTBEAT_MS).pipe(map(() => ({ comment: 'still here' })));
}
