import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asFailure } from '../api/failure.js';
import { NotLoaded } from './problem.js';

const SLOW_MS = 4_000;

interface Loading<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** What was loaded, or how it looks while it is not there yet, is slow, or cannot be had. */
export function Loaded<T>({
  query: { data, error, refetch },
  skeleton = 4,
  children,
}: {
  query: Loading<T>;
  /** How many lines to hold the place of. */
  skeleton?: number;
  children: (data: T) => ComponentChildren;
}) {
  if (data !== undefined) return <>{children(data)}</>;
  if (error) return <NotLoaded failure={asFailure(error)} onRetry={() => void refetch()} />;
  return <Skeleton lines={skeleton} />;
}

/** Appears only when the wait is long enough to be noticed (the style sheet delays it). */
function Skeleton({ lines }: { lines: number }) {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setSlow, SLOW_MS, true);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton">
      <p role="status">{isSlow ? 'This takes longer than usual. Still waiting…' : ''}</p>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}
