import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/preact-query';
import { useLocation } from 'preact-iso';
import { call } from '../api/call.js';
import { asFailure } from '../api/failure.js';
import { sessions, type OpenSession } from '../api/queries.js';
import { Button } from '../parts/button.js';
import { LoadMore } from '../parts/load-more.js';
import { Loaded } from '../parts/loaded.js';
import { Problem } from '../parts/problem.js';
import { Time } from '../parts/time.js';
import { signOut } from './sign-in.js';

/** Where the customer is signed in, and the ways out. */
export function Sessions() {
  const { route } = useLocation();
  const query = useInfiniteQuery(sessions);
  const { mutate, isPending, variables, error } = useMutation({
    mutationFn: signOut,
    onSuccess: () => route('/'),
  });
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions" tabIndex={-1}>
        Where you are signed in
      </h2>
      <Loaded query={query} skeleton={2}>
        {({ pages }) => (
          <>
            <ul class="sessions">
              {pages
                .flatMap(({ items }) => items)
                .map((session) => (
                  <Session key={session.id} session={session} />
                ))}
            </ul>
            <LoadMore query={query} />
          </>
        )}
      </Loaded>
      <Problem failure={error ? asFailure(error) : undefined} />
      <p class="actions">
        <Button
          kind="quiet"
          busy={isPending && variables === 'here' && 'Signing out…'}
          onClick={() => mutate('here')}
        >
          Sign out
        </Button>
        <Button
          kind="quiet"
          busy={isPending && variables === 'everywhere' && 'Signing out…'}
          onClick={() => mutate('everywhere')}
        >
          Sign out everywhere
        </Button>
      </p>
    </section>
  );
}

function Session({ session: { id, isCurrent, startedAt, renewedAt } }: { session: OpenSession }) {
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => call('delete', '/api/v1/sessions/{id}', { path: { id } }),
    onSuccess: () => document.getElementById('sessions')?.focus(), // its button is about to go
    onSettled: () => queries.invalidateQueries(sessions),
  });
  return (
    <li>
      <strong>{isCurrent ? 'This browser' : 'Another browser'}</strong>
      <span class="hint">
        since <Time at={startedAt} />
        {!isCurrent && (
          <>
            , last seen <Time at={renewedAt} />
          </>
        )}
      </span>
      {!isCurrent && (
        <Button kind="quiet" busy={isPending && 'Signing out…'} onClick={() => mutate()}>
          Sign it out
        </Button>
      )}
      <Problem failure={error ? asFailure(error) : undefined} />
    </li>
  );
}
