import { useMutation, useQuery } from '@tanstack/preact-query';
import { useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { asFailure } from '../api/failure.js';
import { products } from '../api/queries.js';
import { demoCustomer, demoStaff } from '../demo.js';
import { Button } from '../parts/button.js';
import { Page } from '../parts/page.js';
import { Plate, PLATE_NAMES } from '../parts/plate.js';
import { Problem } from '../parts/problem.js';
import { register } from '../session/sign-in.js';
import { signedIn } from '../session/session.js';
import { useStore } from '../store.js';

/** The way of one payment, as the shop is built. */
const LINE = [
  ['You pay', 'The order is marked as paid, and says so: one signal.'],
  ['A receipt is issued', 'Billing heard it, and issues it after the payment.'],
  ['It arrives by e-mail', 'Once all of it is committed, and not before.'],
] as const;

export function Landing() {
  const { route } = useLocation();
  const isSignedIn = useStore(signedIn);
  useQuery(products); // most visitors look at them next
  const entering = useMutation({
    mutationFn: () => register(demoCustomer()),
    onSuccess: () => route('/products'),
  });
  useEffect(() => {
    if (isSignedIn && !entering.isPending) route('/orders', true);
  }, [isSignedIn]);

  return (
    <Page
      title="Good things for a desk, and no loose ends"
      wide
      sign={
        <>
          <p class="lead">
            A small shop whose parts never call each other. One says what happened, the others hear
            it, and you can watch them do it.
          </p>
          <p class="actions">
            <a class="button" href="/register">
              Create an account
            </a>
            <a class="button quiet" href="/sign-in">
              Sign in
            </a>
            {demoStaff && (
              <Button
                kind="quiet"
                busy={entering.isPending && 'Opening…'}
                onClick={() => entering.mutate()}
              >
                Look around as a guest
              </Button>
            )}
          </p>
          <Problem failure={entering.error ? asFailure(entering.error) : undefined} />
          <ol class="track">
            {LINE.map(([what, how]) => (
              <li key={what}>
                <strong>{what}</strong>
                <span>{how}</span>
              </li>
            ))}
          </ol>
        </>
      }
    >
      <h2>On the shelf</h2>
      <ul class="shelf">
        {PLATE_NAMES.map((name) => (
          <li key={name}>
            <a href="/products">
              <Plate name={name} />
              {name}
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}
