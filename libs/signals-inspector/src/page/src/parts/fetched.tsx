import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../api.js';

export interface Fetched<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly reload: () => void;
}

/** A busy application changes many times a second; once is enough to be read. */
const AT_MOST_EVERY = 1_000;

/** What an address of the API answers; asked again when the address or `version` changes. */
export function useFetched<T>(path: string, version: unknown = 0): Fetched<T> {
  const [answer, setAnswer] = useState<{ path: string; value?: T; error?: Error }>({ path });
  const [again, setAgain] = useState(0);
  const asked = useRef({ path: '', again: 0, at: 0 });
  useEffect(() => {
    const last = asked.current;
    const isSame = last.path === path && last.again === again;
    const wait = isSame ? Math.max(0, last.at + AT_MOST_EVERY - Date.now()) : 0;
    const timer = setTimeout(() => {
      asked.current = { path, again, at: Date.now() };
      get<T>(path).then(
        (value) => setAnswer({ path, value }),
        (error: Error) => setAnswer({ path, error }),
      );
    }, wait);
    return () => clearTimeout(timer);
  }, [path, version, again]);
  const reload = useCallback(() => setAgain((count) => count + 1), []);
  const isSame = answer.path === path;
  return {
    value: isSame ? answer.value : undefined,
    error: isSame ? answer.error : undefined,
    reload,
  };
}

export function Note({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="note">
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <path d="M15 6v38" class="post" />
        <path d="M15 9h22l-4 6 4 6H15z" class="arm" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
