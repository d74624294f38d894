import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { isFailed, type Row } from './rows.js';

interface Grid {
  /** All rows, and those that are not below a closed one. */
  readonly rows: readonly Row[];
  readonly shown: readonly Row[];
  /** The place of the selected row among the shown ones; -1 when it is not there. */
  readonly current: number;
  readonly closed: ReadonlySet<number>;
  readonly focus: (row: Row) => void;
  readonly toggle: (id: number) => void;
  readonly setClosed: (closed: ReadonlySet<number>) => void;
  readonly onEnter: () => void;
}

/** What the keys of a treegrid do. Listens as soon as a row is drawn: the next key may come at once. */
export function useWaterfallKeys(element: RefObject<HTMLElement>, grid: Grid): void {
  useLayoutEffect(() => {
    const press = (event: Event): void => pressed((event as CustomEvent<string>).detail, grid);
    const { current } = element;
    current?.addEventListener('inspector-key', press);
    return () => current?.removeEventListener('inspector-key', press);
  });
}

function pressed(key: string, grid: Grid): void {
  const { rows, shown, current, closed, focus, toggle, setClosed, onEnter } = grid;
  const row = shown[current] ?? shown[0];
  if (!row) return;
  if (/^[1-9]$/.test(key)) return setClosed(parentsFrom(rows, Number(key)));
  const { span, hasChildren } = row;
  const isClosed = closed.has(span.id);
  const go = (to: Row | undefined): void => {
    if (to) focus(to);
  };
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return go(shown[current + 1]);
    case 'ArrowUp':
    case 'k':
      return go(shown[current - 1]);
    case 'Home':
      return go(shown[0]);
    case 'End':
      return go(shown.at(-1));
    case 'ArrowRight':
      if (isClosed) return toggle(span.id);
      return go(hasChildren ? shown[current + 1] : undefined);
    case 'ArrowLeft':
      if (hasChildren && !isClosed) return toggle(span.id);
      return go(shown.find((other) => other.span.id === span.parent));
    case 'e':
      return go(failureFrom(rows, row, 1));
    case 'E':
      return go(failureFrom(rows, row, -1));
    case 'x':
      return setClosed(closed.size > 0 ? new Set() : parentsFrom(rows, 2));
    case 'Enter':
      return onEnter();
    default:
  }
}

/** The rows at this depth or below it that have something to close. */
function parentsFrom(rows: readonly Row[], level: number): ReadonlySet<number> {
  return new Set(
    rows.filter((row) => row.hasChildren && row.level >= level).map(({ span }) => span.id),
  );
}

/** The next or the previous failure, going round. */
function failureFrom(rows: readonly Row[], { span }: Row, step: 1 | -1): Row | undefined {
  const failures = rows.filter((row) => isFailed(row.span));
  const places = failures.map((row) => rows.indexOf(row));
  const at = rows.findIndex((row) => row.span.id === span.id);
  return step > 0
    ? (failures[places.findIndex((place) => place > at)] ?? failures[0])
    : (failures[places.findLastIndex((place) => place < at)] ?? failures.at(-1));
}
