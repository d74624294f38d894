import type { Span } from '../api.js';

/** A stretch in which nothing happens and which the axis cuts. */
export interface Break {
  readonly from: number;
  readonly to: number;
  /** Where the cut is drawn, as a share of the width. */
  readonly at: number;
}

export interface Axis {
  /** A time of the trace as a share of the width, from 0 to 100. */
  readonly at: (time: number) => number;
  readonly breaks: readonly Break[];
  readonly ticks: readonly { readonly at: number; readonly time: number }[];
}

const LONG = 1_000;
const CUT = 5;

/** Times from left to right; what is longer than a second and empty is cut out. */
export function axisOf(all: readonly Span[]): Axis {
  // A delivery has a trace of its own, and may take as long as it likes.
  const spans = all.filter(({ kind }) => kind !== 'delivery');
  const busy = spans
    .filter(({ kind }) => !['entry', 'transaction', 'savepoint'].includes(kind))
    .map((span) => [span.start, span.end ?? span.start] as const)
    .toSorted(([one], [other]) => one - other);
  const last = Math.max(1, ...spans.map((span) => span.end ?? span.start));
  const gaps: { from: number; to: number }[] = [];
  let reached = 0;
  for (const [start, end] of [...busy, [last, last] as const]) {
    if (start - reached > LONG && busy.length > 1) gaps.push({ from: reached, to: start });
    reached = Math.max(reached, end);
  }
  const cut = gaps.reduce((sum, { from, to }) => sum + (to - from), 0);
  const scale = (100 - gaps.length * CUT) / Math.max(1, last - cut);
  const at = (time: number): number => {
    let position = 0;
    let from = 0;
    for (const gap of gaps) {
      if (time <= gap.from) break;
      position += (gap.from - from) * scale;
      if (time < gap.to) return position + (CUT * (time - gap.from)) / (gap.to - gap.from);
      position += CUT;
      from = gap.to;
    }
    return Math.min(100, position + (time - from) * scale);
  };
  const breaks = gaps.map((gap) => ({ ...gap, at: at(gap.from) + CUT / 2 }));
  return { at, breaks, ticks: ticksOf(last, at, gaps.length > 0) };
}

function ticksOf(last: number, at: Axis['at'], hasGaps: boolean): Axis['ticks'] {
  if (hasGaps) return [{ at: 0, time: 0 }];
  const rough = last / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step).map(
    (time) => ({ at: at(time), time }),
  );
}
