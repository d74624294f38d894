import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { get } from '../api.js';

export interface Fetched<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly reload: () => void;
}

/** What an address of the API answers; asked again when the address or `version` changes. */
export function useFetched<T>(path: string, version: unknown = 0): Fetched<T> {
  const [answer, setAnswer] = useState<{ path: string; value?: T; error?: Error }>({ path });
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    get<T>(path).then(
      (value) => isCurrent && setAnswer({ path, value }),
      (error: Error) => isCurrent && setAnswer({ path, error }),
    );
    return () => {
      isCurrent = false;
    };
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
