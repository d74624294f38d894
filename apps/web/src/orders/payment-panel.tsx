import type { Failure } from '../api/failure.js';
import type { Order } from '../api/queries.js';
import { Button } from '../parts/button.js';
import { fieldsOf } from '../parts/fields-of.js';
import { formatMoney } from '../parts/format.js';
import { Problem } from '../parts/problem.js';
import { usePayment } from './use-payment.js';

const WORDS = {
  'payment-declined': 'Nothing was charged. Try another card, or ask your bank.',
  'payment-in-progress':
    'Another payment of this order has no answer yet. Nothing was charged twice.',
  'payment-cancelled':
    'It took too long and was called off. Nothing was charged; you may pay again.',
};

/** The cards of the sandbox; a payment provider's own form would stand here. */
const CARDS = [
  ['tok_ok', 'A card that is accepted'],
  ['tok_declined', 'A card that is declined'],
  ['tok_timeout_once', 'A bank that answers at the second try'],
  ['tok_timeout', 'A bank that never answers'],
] as const;

export function PaymentPanel({ order }: { order: Order }) {
  const { state, failure, pay, giveUp } = usePayment(order);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    pay(fieldsOf(event)['card'] ?? '');
  };

  return (
    <section class="card pay" aria-labelledby="pay">
      <h2 id="pay">Pay {formatMoney(order.total)}</h2>
      {state === 'checking' ? (
        <Checking failure={failure} onGiveUp={giveUp} />
      ) : (
        <>
          <Problem failure={failure} words={WORDS} />
          <form onSubmit={submit}>
            <fieldset>
              <legend>Card (this shop takes no real money)</legend>
              {CARDS.map(([token, label], index) => (
                <label key={token} class="choice">
                  <input type="radio" name="card" value={token} defaultChecked={index === 0} />
                  {label}
                </label>
              ))}
            </fieldset>
            <Button type="submit" busy={state === 'paying' && 'Paying…'}>
              Pay {formatMoney(order.total)}
            </Button>
          </form>
        </>
      )}
    </section>
  );
}

function Checking({ failure, onGiveUp }: { failure: Failure | undefined; onGiveUp: () => void }) {
  return (
    <div class="notice waiting" role="status">
      <h2>We are checking</h2>
      <p>
        {failure?.problem?.title ?? (failure ? 'No answer came' : 'Your payment was on its way')}.
        We ask again until we know. You pay once, also if you reload this page.
      </p>
      {failure?.problem && (
        <Button kind="quiet" onClick={onGiveUp}>
          Use another card instead
        </Button>
      )}
    </div>
  );
}
