import type { Span } from '../api.js';

/** A span where the waterfall shows it. */
export interface Row {
  readonly span: Span;
  readonly level: number;
  readonly hasChildren: boolean;
  /** How many statements of one text the row stands for. */
  readonly times: number;
  /** Their time together, in milliseconds. */
  readonly total: number;
  /** The transactions that the row is inside, outermost first. */
  readonly bands: readonly Span[];
}

const REPEATED = 3;

/** All rows in their order: below each span what ran in it, by its beginning. */
export function rowsOf(spans: readonly Span[]): readonly Row[] {
  const children = new Map<number | undefined, Span[]>();
  for (const span of spans) {
    const siblings = children.get(span.parent);
    if (siblings) siblings.push(span);
    else children.set(span.parent, [span]);
  }
  for (const siblings of children.values()) siblings.sort((one, other) => one.start - other.start);
  const rows: Row[] = [];
  const add = (
    span: Span,
    level: number,
    bands: readonly Span[],
    times = 1,
    total = took(span),
  ): void => {
    const inside =
      span.kind === 'transaction' || span.kind === 'savepoint' ? [...bands, span] : bands;
    const below = children.get(span.id) ?? [];
    rows.push({ span, level, hasChildren: below.length > 0, times, total, bands: inside });
    addAll(below, level + 1, inside);
  };
  const addAll = (siblings: readonly Span[], level: number, bands: readonly Span[]): void => {
    for (let at = 0; at < siblings.length;) {
      const first = siblings[at];
      if (!first) return;
      const run = repeated(siblings, at);
      const isFolded = run >= REPEATED;
      const folded = siblings.slice(at, at + (isFolded ? run : 1));
      const last = folded.at(-1) ?? first;
      const shown = isFolded && last.end !== undefined ? { ...first, end: last.end } : first;
      add(
        shown,
        level,
        bands,
        folded.length,
        folded.reduce((sum, span) => sum + took(span), 0),
      );
      at += folded.length;
    }
  };
  addAll(children.get(undefined) ?? [], 1, []);
  return rows;
}

/** How many statements of the same text follow each other from here. */
function repeated(siblings: readonly Span[], from: number): number {
  const first = siblings[from];
  let count = 1;
  if (first?.kind !== 'sql') return count;
  while (siblings[from + count]?.kind === 'sql' && siblings[from + count]?.name === first.name) {
    count += 1;
  }
  return count;
}

export function took({ start, end }: Span): number {
  return Math.max(0, (end ?? start) - start);
}

/** The rows that are not below a closed one. */
export function visibleRows(rows: readonly Row[], closed: ReadonlySet<number>): readonly Row[] {
  const visible: Row[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.level > hiddenBelow) continue;
    hiddenBelow = closed.has(row.span.id) ? row.level : Number.POSITIVE_INFINITY;
    visible.push(row);
  }
  return visible;
}

export function isFailed({ outcome }: Span): boolean {
  return outcome.startsWith('failed');
}
