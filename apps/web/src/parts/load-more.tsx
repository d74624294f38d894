import { asFailure } from '../api/failure.js';
import { Button } from './button.js';
import { NotLoaded } from './problem.js';

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly error: unknown;
  readonly fetchNextPage: () => unknown;
}

export function LoadMore({
  query: { hasNextPage, isFetchingNextPage, error, fetchNextPage },
}: {
  query: Pages;
}) {
  if (!hasNextPage) return null;
  if (error) return <NotLoaded failure={asFailure(error)} onRetry={() => void fetchNextPage()} />;
  return (
    <p class="actions">
      <Button
        kind="quiet"
        busy={isFetchingNextPage && 'Loading…'}
        onClick={() => void fetchNextPage()}
      >
        Load more
      </Button>
    </p>
  );
}
