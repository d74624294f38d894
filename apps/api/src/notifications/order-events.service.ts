import { Injectable, type MessageEvent } from '@nestjs/common';
import {
  concat,
  defer,
  distinct,
  filter,
  finalize,
  from,
  interval,
  map,
  merge,
  mergeMap,
  of,
  ReplaySubject,
  share,
  switchMap,
  takeUntil,
  type Observable,
} from 'rxjs';
import type { SignedIn } from '../accounts/index.js';
import { ReceiptsService } from '../billing/index.js';
import { OrdersService } from '../orders/index.js';
import { factsOf, type OrderFact, type OrderState } from './order-facts.js';
import { OrderLookout, type Look } from './order-lookout.js';
import { OrderNews } from './order-news.js';
import { TooManyStreamsError } from './streams.errors.js';

const HEARTBEAT_MS = 15_000;

/** More than a browser keeps open over HTTP/1.1, and than a person looks at. */
const MOST_STREAMS = 10;

/**
 * The life of an order as it happens. Each stream begins with the state of the order, loaded after it began to
 * listen, so nothing is missed in between. Facts of this process are told at once; those of other processes and of
 * workers when the order is looked at again. Each is told once. A stream ends with the session that opened it.
 */
@Injectable()
export class OrderEventsService {
  constructor(
    private readonly orders: OrdersService,
    private readonly receipts: ReceiptsService,
    private readonly news: OrderNews,
    private readonly lookout: OrderLookout,
  ) {}

  /** @throws OrderNotFoundError, TooManyStreamsError */
  async watch(
    orderId: string,
    { id: userId, sessionId }: SignedIn,
  ): Promise<Observable<MessageEvent>> {
    await this.orders.find({ id: orderId, customerId: userId }); // the last moment to answer with a problem
    if (this.lookout.watchedBy(userId) >= MOST_STREAMS) throw new TooManyStreamsError(MOST_STREAMS);
    return defer(() => {
      const heard = new ReplaySubject<OrderFact>();
      const listening = this.news.about(orderId).subscribe(heard);
      const looks = this.lookout.watch({ orderId, userId, sessionId }).pipe(share());
      const events = from(this.load(orderId, userId)).pipe(
        switchMap((state) => concat(of(stateMessage(state)), newFacts(state, heard, looks))),
      );
      const isOver = looks.pipe(filter((look) => !look.isOpen(sessionId)));
      return merge(events, heartbeats()).pipe(
        takeUntil(merge(this.news.closing, isOver)),
        finalize(() => listening.unsubscribe()),
      );
    });
  }

  private async load(id: string, customerId: string): Promise<OrderState> {
    const order = await this.orders.find({ id, customerId });
    const receipt = await this.receipts.findForOrder(id, customerId);
    return { order, receipt };
  }
}

/** What is not in the state yet. */
function newFacts(
  state: OrderState,
  heard: Observable<OrderFact>,
  looks: Observable<Look>,
): Observable<MessageEvent> {
  const told = new Set(factsOf(state).map(({ type }) => type));
  const seen = looks.pipe(
    mergeMap((look) => {
      const now = look.stateOf(state.order.id);
      return now ? factsOf(now) : [];
    }),
  );
  return merge(heard, seen).pipe(
    filter(({ type }) => !told.has(type)),
    distinct(({ type }) => type),
    map(messageOf),
  );
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
