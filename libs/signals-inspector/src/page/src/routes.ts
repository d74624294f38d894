import { useEffect, useState } from 'preact/hooks';
import { addressOf } from './api.js';

export interface Place {
  /** Below the path of the inspector, decoded: `t`, and an id. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const listeners = new Set<() => void>();
addEventListener('popstate', () => tellAll());

function tellAll(): void {
  for (const listener of listeners) listener();
}

export function here(): Place {
  const base = new URL(document.baseURI).pathname;
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : '';
  return {
    parts: path.split('/').filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(location.search),
  };
}

/** Goes to a place without asking the server; a replaced one leaves no step to come back to. */
export function go(path: string, { replace = false } = {}): void {
  const url = addressOf(path === '' ? '.' : path).replace(/\/$/, path === '' ? '' : '/');
  if (url === location.href) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  tellAll();
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const listener = (): void => setPlace(here());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return place;
}

/** The current filter stays when one goes from trace to trace. */
export function withQuery(path: string): string {
  return `${path}${location.search}`;
}
