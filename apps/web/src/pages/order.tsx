import { useQuery } from '@tanstack/preact-query';
import { useRoute } from 'preact-iso';
import { order as orderQuery, receipt as receiptQuery, type Order } from '../api/queries.js';
import { PaymentPanel } from '../orders/payment-panel.js';
import { Trail } from '../orders/trail.js';
import { useOrderEvents } from '../orders/use-order-events.js';
import { Lamp } from '../parts/lamp.js';
import { LinesTable } from '../parts/lines-table.js';
import { Loaded } from '../parts/loaded.js';
import { Page } from '../parts/page.js';
import { Time } from '../parts/time.js';

export function OrderPage() {
  const { id = '' } = useRoute().params;
  const query = useQuery(orderQuery(id));
  return (
    <Page
      title="Order"
      subject={query.data?.number}
      lead={query.data && <Time at={query.data.createdAt} />}
      wide
    >
      <Loaded query={query} skeleton={6}>
        {(order) => <OrderView order={order} />}
      </Loaded>
    </Page>
  );
}

function OrderView({ order }: { order: Order }) {
  const isPaid = order.status === 'paid';
  const receipt = useQuery({ ...receiptQuery(order.id), enabled: isPaid }).data;
  const isMailed = receipt !== undefined && receipt.mailedAt !== null;
  const isGivenUp = receipt !== undefined && receipt.mailFailedAt !== null;
  const isOver = isMailed || isGivenUp || order.status === 'cancelled';
  const isLive = useOrderEvents(order.id, !isOver);

  return (
    <div class="order">
      <section class="card" aria-labelledby="lines">
        <h2 id="lines">What you ordered</h2>
        <LinesTable lines={order.lines} total={order.total} />
      </section>
      <section class="card" aria-labelledby="trail">
        <h2 id="trail">What happened</h2>
        <div aria-live="polite">
          <Trail order={order} receipt={receipt} />
        </div>
        {!isOver && (
          <p class="live">
            {isLive ? (
              <Lamp state="ok">Live</Lamp>
            ) : (
              <Lamp state="pending">Asking every few seconds</Lamp>
            )}
          </p>
        )}
      </section>
      {isPaid ? (
        <p class="actions">
          <a class="button" href={`/orders/${order.id}/receipt`}>
            See the receipt
          </a>
        </p>
      ) : order.status === 'cancelled' ? (
        <p class="actions">
          <a class="button" href="/orders/new">
            Order again
          </a>
        </p>
      ) : (
        <PaymentPanel order={order} />
      )}
    </div>
  );
}
