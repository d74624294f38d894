import { useInfiniteQuery } from '@tanstack/preact-query';
import { orders } from '../api/queries.js';
import { OrdersTable } from '../orders/orders-table.js';
import { LoadMore } from '../parts/load-more.js';
import { Loaded } from '../parts/loaded.js';
import { Page } from '../parts/page.js';

export function Orders() {
  const query = useInfiniteQuery(orders);
  return (
    <Page title="Your orders" wide>
      <Loaded query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <div class="card empty">
              <p>No orders yet.</p>
              <a class="button" href="/products">
                Look at the products
              </a>
            </div>
          ) : (
            <>
              <OrdersTable orders={items} />
              <LoadMore query={query} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
