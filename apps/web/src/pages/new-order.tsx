import { useMutation, useQuery, useQueryClient } from '@tanstack/preact-query';
import { useLocation } from 'preact-iso';
import { call } from '../api/call.js';
import { asFailure } from '../api/failure.js';
import { order, products, type Product } from '../api/queries.js';
import { addToDraft, draft, type DraftLine } from '../orders/draft.js';
import { forgetKey, keyFor } from '../orders/order-key.js';
import { DraftLines } from '../orders/draft-lines.js';
import { Button } from '../parts/button.js';
import { formatMoney } from '../parts/format.js';
import { Loaded } from '../parts/loaded.js';
import { Page } from '../parts/page.js';
import { Problem } from '../parts/problem.js';
import { signedIn } from '../session/session.js';
import { useStore } from '../store.js';

export function NewOrder() {
  const query = useQuery(products);
  return (
    <Page title="New order" lead="Nothing is charged before you pay.">
      <Loaded query={query}>{(catalogue) => <Draft catalogue={catalogue} />}</Loaded>
    </Page>
  );
}

function Draft({ catalogue }: { catalogue: readonly Product[] }) {
  const lines = useStore(draft);
  const isSignedIn = useStore(signedIn);
  const { route } = useLocation();
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (wanted: readonly DraftLine[]) =>
      call('post', '/api/v1/orders', {
        header: { 'Idempotency-Key': keyFor(wanted) },
        body: { lines: [...wanted] },
      }),
    onSuccess: (placed) => {
      forgetKey();
      draft.set([]);
      queries.setQueryData(order(placed.id).queryKey, placed);
      void queries.invalidateQueries({ queryKey: ['orders'] });
      route(`/orders/${placed.id}`);
    },
  });
  const failure = error ? asFailure(error) : undefined;
  const rest = catalogue.filter(({ id }) => !lines.some((line) => line.productId === id));
  const total = totalOf(lines, catalogue);

  const place = () => {
    if (isSignedIn) mutate(lines);
    else route('/sign-in?next=/orders/new');
  };

  return (
    <div class="card">
      <Problem failure={failure} fields={labelsOf(lines, catalogue)} />
      {lines.length === 0 ? (
        <p class="empty">Nothing is in it yet. Choose the first product.</p>
      ) : (
        <DraftLines lines={lines} catalogue={catalogue} failure={failure} />
      )}
      {rest.length > 0 && (
        <form class="add" onSubmit={addChosen}>
          <div class="field">
            <label for="product">Another product</label>
            <select id="product" name="product">
              {rest.map(({ id, name, price }) => (
                <option key={id} value={id}>
                  {name}, {formatMoney(price)}
                </option>
              ))}
            </select>
          </div>
          <Button type="submit" kind="quiet">
            Add it
          </Button>
        </form>
      )}
      {total && (
        <div class="settle">
          <p aria-live="polite">
            Total <strong class="price">{formatMoney(total)}</strong>
          </p>
          <Button busy={isPending && 'Placing…'} onClick={place}>
            {isSignedIn ? 'Place the order' : 'Sign in and place it'}
          </Button>
        </div>
      )}
    </div>
  );
}

function addChosen(event: SubmitEvent): void {
  event.preventDefault();
  const chosen = new FormData(event.currentTarget as HTMLFormElement).get('product');
  if (typeof chosen === 'string') addToDraft(chosen);
}

function totalOf(lines: readonly DraftLine[], catalogue: readonly Product[]) {
  const prices = lines.flatMap(({ productId, quantity }) => {
    const product = catalogue.find(({ id }) => id === productId);
    return product ? [{ ...product.price, amount: product.price.amount * quantity }] : [];
  });
  const [first] = prices;
  return first && { ...first, amount: prices.reduce((sum, { amount }) => sum + amount, 0) };
}

function labelsOf(lines: readonly DraftLine[], catalogue: readonly Product[]) {
  return Object.fromEntries(
    lines.flatMap(({ productId }, index) => {
      const name = catalogue.find(({ id }) => id === productId)?.name ?? 'A product';
      return [
        [`/lines/${index}/quantity`, `The quantity of ${name}`],
        [`/lines/${index}/productId`, name],
      ];
    }),
  );
}
