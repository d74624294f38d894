import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure } from '../api/failure.js';
import { Button } from './button.js';
import { count } from './format.js';

/** The words for each way in which a request does not succeed. */
function wordsFor({ kind, problem }: Failure): { title: string; detail: string } {
  if (kind === 'lost') {
    return navigator.onLine
      ? { title: 'No answer came', detail: 'The shop cannot be reached at the moment.' }
      : { title: 'You are offline', detail: 'Nothing was sent. Try again when you are back.' };
  }
  if (kind === 'faulty') {
    return {
      title: 'This page has a fault',
      detail: 'The shop can be reached. Reload the page, and tell us if it happens again.',
    };
  }
  return {
    title: problem?.title ?? 'Something went wrong on our side',
    detail: problem?.detail ?? 'It is not your fault. Try again in a moment.',
  };
}

/** Says what went wrong; it takes the focus, because it is about what was just done. */
export function Problem({
  failure,
  fields = {},
  words = {},
  children,
}: {
  failure: Failure | undefined;
  /** Better words for a customer than the API has for a client, by the code of the problem. */
  words?: Readonly<Record<string, string>>;
  /** The label of each field, by its JSON pointer. */
  fields?: Readonly<Record<string, string>>;
  children?: ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [failure]);
  if (!failure) return null;
  const errors = failure.problem?.errors ?? [];
  const { title, detail } = wordsFor(failure);
  return (
    <div class="notice failed" role="alert" tabIndex={-1} ref={box}>
      <h2>{errors.length === 0 ? title : `${count(errors.length, 'thing')} to correct`}</h2>
      {errors.length === 0 ? (
        <p>{words[failure.code ?? ''] ?? detail}</p>
      ) : (
        <ul>
          {errors.map((error) => (
            <li key={error.pointer}>
              {fields[error.pointer] ? (
                <a href={`#${error.pointer.slice(1)}`} onClick={focusTarget}>
                  {fields[error.pointer]} {error.detail}
                </a>
              ) : (
                `${error.pointer} ${error.detail}`
              )}
            </li>
          ))}
        </ul>
      )}
      {children}
    </div>
  );
}

/** In the place of what could not be loaded. */
export function NotLoaded({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  const { title, detail } = wordsFor(failure);
  return (
    <div class="notice failed" role="alert">
      <h2>{title}</h2>
      <p>{detail}</p>
      {failure.kind !== 'refused' && (
        <Button kind="quiet" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

function focusTarget(event: MouseEvent): void {
  event.preventDefault();
  const { hash } = event.currentTarget as HTMLAnchorElement;
  document.getElementById(hash.slice(1))?.focus();
}
