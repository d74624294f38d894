import type { Failure } from '../api/failure.js';
import type { Product } from '../api/queries.js';
import { Button } from '../parts/button.js';
import { formatMoney } from '../parts/format.js';
import { Plate } from '../parts/plate.js';
import { type DraftLine, MOST, removeFromDraft, setQuantity } from './draft.js';

interface Props {
  readonly lines: readonly DraftLine[];
  readonly catalogue: readonly Product[];
  readonly failure: Failure | undefined;
}

export function DraftLines({ lines, catalogue, failure }: Props) {
  return (
    <ul class="draft">
      {lines.map(({ productId, quantity }, index) => {
        const product = catalogue.find(({ id }) => id === productId);
        const name = product?.name ?? 'No longer sold';
        const id = `lines/${index}/quantity`;
        const wrong = failure?.about(`/${id}`) ?? failure?.about(`/lines/${index}/productId`);
        return (
          <li key={productId}>
            <Plate name={name} />
            <strong>{name}</strong>
            <div class="quantity">
              <label for={id} class="unseen">
                Quantity of {name}
              </label>
              <input
                id={id}
                type="number"
                inputMode="numeric"
                min="1"
                max={MOST}
                value={quantity}
                aria-invalid={wrong ? true : undefined}
                aria-describedby={wrong && `${id}-error`}
                onChange={({ currentTarget }) => {
                  currentTarget.value = String(setQuantity(productId, currentTarget.value));
                }}
              />
            </div>
            <span class="price">
              {product &&
                formatMoney({ ...product.price, amount: product.price.amount * quantity })}
            </span>
            <Button kind="quiet" onClick={(event) => remove(event.currentTarget, productId)}>
              Remove<span class="unseen"> {name}</span>
            </Button>
            {wrong && (
              <p class="wrong" id={`${id}-error`}>
                {wrong}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The focus goes on to what remains, instead of getting lost with the line. */
function remove(button: HTMLElement, productId: string): void {
  const line = button.closest('li');
  const neighbour = line?.nextElementSibling ?? line?.previousElementSibling;
  const next = neighbour?.querySelector<HTMLElement>('input') ?? document.querySelector('h1');
  removeFromDraft(productId);
  next?.focus();
}
