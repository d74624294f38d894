import { useLayoutEffect, useRef } from 'preact/hooks';
import { go, here, withQuery } from './routes.js';
import type { Traces } from './traces.js';

const PAGES: Readonly<Record<string, string>> = {
  t: '',
  s: 'signals',
  m: 'map',
  d: 'jobs',
  c: 'checks',
  e: 'mail',
};
const WATERFALL = /^(?:Arrow(?:Up|Down|Left|Right)|Home|End|Enter|[jkexE1-9])$/;

interface Acts {
  readonly traces: Traces;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
}

/**
 * The keys of the inspector; none while somebody types or a dialog is open. Listens anew before
 * the browser can tell of another key, so that none meets what the last one has changed.
 */
export function useKeyboard({ traces, onTheme, onHelp }: Acts): void {
  const isGoing = useRef(false); // between two keys the page may be drawn again
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { key, target } = event;
      const element = target as HTMLElement;
      const isBusy =
        event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]');
      if (isBusy) return;
      if (
        /^(?:INPUT|TEXTAREA|SELECT)$/.test(element.tagName) &&
        (element as HTMLInputElement).type !== 'checkbox'
      ) {
        if (key === 'Escape') element.blur();
        return;
      }
      if (isGoing.current && key in PAGES) {
        isGoing.current = false;
        event.preventDefault();
        return go(PAGES[key] ?? '');
      }
      isGoing.current = key === 'g';
      const acts: Readonly<Record<string, () => void>> = {
        '/': () => document.getElementById('filter')?.focus(),
        '?': onHelp,
        t: onTheme,
        '.': () => traces.togglePause(),
        n: () => step(1),
        p: () => step(-1),
        y: () => void navigator.clipboard.writeText(location.href),
        o: () => document.querySelector<HTMLAnchorElement>('.panel a.site')?.click(),
        r: () => document.querySelector<HTMLButtonElement>('[data-replay]')?.click(),
        Escape: () => document.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus(),
      };
      const act = acts[key];
      if (act) {
        event.preventDefault();
        return act();
      }
      const isControl =
        element.closest('a, button, pre, .table') !== null && /^(?:Enter|Arrow)/.test(key);
      const grid = document.getElementById('waterfall');
      if (!grid || isControl || !WATERFALL.test(key)) return;
      event.preventDefault();
      grid.dispatchEvent(new CustomEvent('inspector-key', { detail: key }));
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });
}

/** To the next or previous request that the list shows. */
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>('.trace-row')];
  const at = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const row = rows[at < 0 ? 0 : at + by];
  const id = row?.href.split('/t/')[1]?.split('?')[0];
  if (id !== undefined && here().parts[1] !== id) go(withQuery(`t/${id}`));
}
