import type { ComponentChildren } from 'preact';
import type { Order } from '../api/queries.js';
import { count, formatMoney } from '../parts/format.js';
import { OrderLamp } from '../parts/lamp.js';
import { Time } from '../parts/time.js';

interface Column<T> {
  readonly title: string;
  readonly cell: (order: T) => ComponentChildren;
}

/** Orders as a table; a narrow window shows each as a card. */
export function OrdersTable<T extends Order>({
  orders,
  columns = [],
}: {
  orders: readonly T[];
  /** What to show besides. */
  columns?: readonly Column<T>[];
}) {
  return (
    <table class="orders">
      <caption class="unseen">Orders, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Number</th>
          <th scope="col">Date</th>
          <th scope="col">Items</th>
          <th scope="col" class="number">
            Total
          </th>
          <th scope="col">State</th>
          {columns.map(({ title }) => (
            <th scope="col" key={title}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <tr key={order.id}>
            <th scope="row">
              {columns.length > 0 ? (
                order.number
              ) : (
                <a href={`/orders/${order.id}`}>{order.number}</a>
              )}
            </th>
            <td data-label="Date">
              <Time at={order.createdAt} />
            </td>
            <td data-label="Items">{itemsOf(order)}</td>
            <td data-label="Total" class="number">
              {formatMoney(order.total)}
            </td>
            <td data-label="State">
              <OrderLamp status={order.status} />
            </td>
            {columns.map(({ title, cell }) => (
              <td data-label={title} key={title}>
                {cell(order)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function itemsOf({ lines }: Order): string {
  return count(
    lines.reduce((sum, { quantity }) => sum + quantity, 0),
    'item',
  );
}
