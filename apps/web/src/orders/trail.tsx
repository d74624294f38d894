import type { ComponentChildren } from 'preact';
import type { Order, Receipt } from '../api/queries.js';
import { Time } from '../parts/time.js';

interface Stop {
  readonly name: string;
  readonly at: string | undefined;
  /** Who did it, and how they came to know. */
  readonly by: ComponentChildren;
  /** What to say instead of a time while it has not happened. */
  readonly ahead: string;
}

/** What has happened to an order, as stops of a line: a lit lamp for each that was reached. */
export function Trail({ order, receipt }: { order: Order; receipt: Receipt | undefined }) {
  const stops = stopsOf(order, receipt);
  const next = stops.findIndex(({ at }) => at === undefined);
  return (
    <ol class="trail">
      {stops.map(({ name, at, by, ahead }, index) => (
        <li key={name} class={at ? 'reached' : index === next ? 'next' : 'ahead'}>
          <strong>{name}</strong>
          <span class="when">
            {at ? <Time at={at} to="second" /> : index === next ? ahead : ''}
          </span>
          <span class="by">{by}</span>
        </li>
      ))}
    </ol>
  );
}

function stopsOf({ createdAt, paidAt, cancelledAt }: Order, receipt: Receipt | undefined): Stop[] {
  const created: Stop = { name: 'Created', at: createdAt, by: <>by you</>, ahead: '' };
  if (cancelledAt) {
    const by = (
      <>
        unpaid, by <code>billing.expireUnpaid</code>
      </>
    );
    return [created, { name: 'Cancelled', at: cancelledAt, by, ahead: '' }];
  }
  const stops: Stop[] = [
    created,
    {
      name: 'Paid',
      at: paidAt,
      by: (
        <>
          says <code>orders.orderPaid</code>
        </>
      ),
      ahead: 'waits for you',
    },
    {
      name: 'Receipt issued',
      at: receipt?.issuedAt,
      by: (
        <>
          by <code>billing.issueReceipt</code>, a durable receiver
        </>
      ),
      ahead: 'is being written',
    },
  ];
  const mailed: Stop = {
    name: 'E-mailed',
    at: receipt?.mailedAt ?? undefined,
    by: (
      <>
        by <code>notifications.mailReceipt</code>, a durable receiver
      </>
    ),
    ahead: receipt?.mailFailedAt ? 'could not be delivered' : 'on its way',
  };
  return [...stops, mailed];
}
