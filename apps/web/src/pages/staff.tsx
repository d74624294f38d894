import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { call } from '../api/call.js';
import { asFailure } from '../api/failure.js';
import { everybodysOrders, type OfflineMethod, type StaffOrder } from '../api/queries.js';
import { OrdersTable } from '../orders/orders-table.js';
import { Button } from '../parts/button.js';
import { LoadMore } from '../parts/load-more.js';
import { Loaded } from '../parts/loaded.js';
import { Page } from '../parts/page.js';
import { Problem } from '../parts/problem.js';

const FILTERS = [
  ['Every order', undefined],
  ['To pay', 'pending'],
  ['Paid', 'paid'],
  ['Cancelled', 'cancelled'],
] as const;

export function Staff() {
  const [status, setStatus] = useState<StaffOrder['status']>();
  const query = useInfiniteQuery(everybodysOrders(status));
  const queries = useQueryClient();
  const { mutate, isPending, variables, error, data } = useMutation({
    mutationFn: ({ id, method }: { id: string; method: OfflineMethod }) =>
      call('post', '/api/v1/orders/{id}/mark-paid', { path: { id }, body: { method } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['staff'] }),
  });
  const mark = (order: StaffOrder, method: OfflineMethod, label: string) => (
    <Button
      kind="quiet"
      busy={isPending && variables.id === order.id && variables.method === method && 'Marking…'}
      onClick={() => mutate({ id: order.id, method })}
    >
      {label}
      <span class="unseen"> paid {order.number}</span>
    </Button>
  );

  return (
    <Page title="Everybody's orders" lead="For staff: mark an order when its money arrived." wide>
      <fieldset class="filters">
        <legend class="unseen">Which orders</legend>
        {FILTERS.map(([label, value]) => (
          <label key={label}>
            <input
              type="radio"
              name="status"
              checked={status === value}
              onChange={() => setStatus(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <Problem failure={error ? asFailure(error) : undefined} />
      <p role="status">{data && `Order ${data.number} is paid.`}</p>
      <Loaded query={query} skeleton={8}>
        {({ pages }) => (
          <>
            <OrdersTable
              orders={pages.flatMap((page) => page.items)}
              columns={[
                { title: 'Customer', cell: ({ customerEmail }) => customerEmail },
                {
                  title: 'Arrived by',
                  cell: (order) =>
                    order.status === 'pending' && (
                      <span class="actions">
                        {mark(order, 'bank_transfer', 'Bank')}
                        {mark(order, 'cash', 'Cash')}
                      </span>
                    ),
                },
              ]}
            />
            <LoadMore query={query} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
