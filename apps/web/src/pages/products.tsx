import { useQuery } from '@tanstack/preact-query';
import { products } from '../api/queries.js';
import { addToDraft, draft } from '../orders/draft.js';
import { Button } from '../parts/button.js';
import { formatMoney } from '../parts/format.js';
import { Loaded } from '../parts/loaded.js';
import { Page } from '../parts/page.js';
import { Plate } from '../parts/plate.js';
import { useStore } from '../store.js';

export function Products() {
  const query = useQuery(products);
  const lines = useStore(draft);
  return (
    <Page title="Products" lead="Six things that last. Prices include tax." wide>
      <Loaded query={query} skeleton={6}>
        {(items) => (
          <ul class="catalogue">
            {items.map(({ id, name, description, price }) => {
              const chosen = lines.find((line) => line.productId === id)?.quantity;
              return (
                <li key={id} class="card">
                  <Plate name={name} />
                  <h2>{name}</h2>
                  <p>{description}</p>
                  <p class="foot">
                    <strong class="price">{formatMoney(price)}</strong>
                    <Button kind="quiet" onClick={() => addToDraft(id)}>
                      Add<span class="unseen"> {name} to the order</span>
                    </Button>
                  </p>
                  <p class="chosen" role="status">
                    {chosen ? `${chosen} in your order` : ''}
                  </p>
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
      {lines.length > 0 && (
        <p class="actions">
          <a class="button" href="/orders/new">
            Go to your order
          </a>
        </p>
      )}
    </Page>
  );
}
