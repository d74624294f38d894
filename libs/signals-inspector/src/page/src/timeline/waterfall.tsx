import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Span } from '../api.js';
import { duration, spoken } from '../parts/format.js';
import { Lamp, lookOf, WORDS } from '../parts/outcome.js';
import { axisOf, type Axis } from './axis.js';
import { rowsOf, visibleRows, type Row } from './rows.js';
import { useWaterfallKeys } from './waterfall-keys.js';

export const KIND_WORDS: Readonly<Record<string, string>> = {
  entry: 'entry',
  transaction: 'tx',
  savepoint: 'savepoint',
  sql: 'sql',
  signal: 'signal',
  receiver: 'receiver',
  callback: 'after',
  delivery: 'durable',
  bypass: 'passed by',
};

interface WaterfallProps {
  readonly name: string;
  readonly spans: readonly Span[];
  readonly truncated: number;
  readonly limit: number;
  readonly selected: number;
  readonly onSelect: (id: number) => void;
  readonly onEnter: () => void;
}

/** More than a screen has room for. */
const FIRST = 120;

/** A trace as a tree of rows on one axis of time; moves by keys as a treegrid does. */
export function Waterfall(props: WaterfallProps) {
  const { name, spans, truncated, limit, selected, onSelect, onEnter } = props;
  const rows = useMemo(() => rowsOf(spans), [spans]);
  const axis = useMemo(() => axisOf(spans), [spans]);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const grid = useRef<HTMLDivElement>(null);
  const isPainted = usePainted();
  const shown = visibleRows(rows, closed);
  const current = shown.findIndex(({ span }) => span.id === selected);
  const focus = (row: Row): void => {
    onSelect(row.span.id);
    grid.current?.querySelector<HTMLElement>(`[data-row="${row.span.id}"]`)?.focus();
  };
  const toggle = (id: number): void => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  useWaterfallKeys(grid, { rows, shown, current, closed, focus, toggle, setClosed, onEnter });
  return (
    <div class="waterfall">
      <div class="axis" aria-hidden="true">
        <span />
        <div class="lane">
          {axis.ticks.map(({ at, time }) => (
            <i key={time} style={{ left: `${at}%` }}>
              {time === 0 ? '0' : duration(time)}
            </i>
          ))}
          {axis.breaks.map(({ from, to, at }) => (
            <em key={from} style={{ left: `${at}%` }}>
              ⫽ {duration(to - from)}
            </em>
          ))}
        </div>
        <span />
      </div>
      <div
        role="treegrid"
        aria-label={name}
        aria-rowcount={rows.length}
        ref={grid}
        class="rows"
        id="waterfall"
      >
        {(isPainted ? shown : shown.slice(0, FIRST)).map((row, index) => (
          <WaterfallRow
            key={row.span.id}
            row={row}
            index={index}
            axis={axis}
            isClosed={closed.has(row.span.id)}
            isSelected={row.span.id === selected}
            isFocusable={row.span.id === selected || (current < 0 && index === 0)}
            onSelect={() => onSelect(row.span.id)}
            onToggle={() => toggle(row.span.id)}
          />
        ))}
      </div>
      {truncated > 0 && (
        <p class="more">
          + {truncated.toLocaleString('en')} more spans (limit {limit.toLocaleString('en')})
        </p>
      )}
    </div>
  );
}

/** Whether the first screen is there: a long trace is seen before its last row is drawn. */
function usePainted(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setPainted(true));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, []);
  return isPainted;
}

interface RowProps {
  readonly row: Row;
  readonly index: number;
  readonly axis: Axis;
  readonly isClosed: boolean;
  readonly isSelected: boolean;
  readonly isFocusable: boolean;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
}

function WaterfallRow({
  row,
  index,
  axis,
  isClosed,
  isSelected,
  isFocusable,
  onSelect,
  onToggle,
}: RowProps) {
  const { span, level, hasChildren, times, total, bands } = row;
  const left = axis.at(span.start);
  const width = Math.max(axis.at(span.end ?? span.start) - left, 0);
  const kind = KIND_WORDS[span.kind] ?? span.kind;
  const label = `${kind} ${labelOf(span)}, ${WORDS[span.outcome] ?? span.outcome}, ${spoken(total)}`;
  return (
    <div
      role="row"
      class={`row kind-${span.kind} is-${lookOf(span.outcome)}`}
      data-row={span.id}
      aria-level={level}
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? !isClosed : undefined}
      aria-label={label}
      tabIndex={isFocusable ? 0 : -1}
      onClick={onSelect}
      onFocus={onSelect}
      onDblClick={() => hasChildren && onToggle()}
    >
      <div role="gridcell" class="what" style={{ '--level': level - 1 }}>
        <button
          type="button"
          class="twist"
          tabIndex={-1}
          aria-hidden="true"
          hidden={!hasChildren}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          {isClosed ? '▸' : '▾'}
        </button>
        <Lamp outcome={span.outcome} />
        <span class="tag">{kind}</span>
        <span class="label" title={span.name}>
          {labelOf(span)}
          {times > 1 && <b> ×{times}</b>}
        </span>
      </div>
      <div role="gridcell" class="lane">
        {bands.map((band) => (
          <span
            key={band.id}
            class={`band ${band.kind} is-${lookOf(band.outcome)}`}
            style={{
              left: `${axis.at(band.start)}%`,
              width: `${axis.at(band.end ?? band.start) - axis.at(band.start)}%`,
            }}
          />
        ))}
        {span.queuedAt !== undefined && span.queuedAt < span.start && (
          <span
            class="queue"
            style={{
              left: `${axis.at(span.queuedAt)}%`,
              width: `${left - axis.at(span.queuedAt)}%`,
            }}
          />
        )}
        <span class="bar" style={{ left: `${left}%`, width: `${width}%` }} />
      </div>
      <div role="gridcell" class="took">
        {span.outcome === 'pending' || span.outcome === 'dropped'
          ? WORDS[span.outcome]
          : duration(span.end === undefined ? undefined : total)}
      </div>
    </div>
  );
}

export function labelOf(span: Span): string {
  if (span.kind === 'transaction') return `transaction ${span.transaction ?? ''} ${endOf(span)}`;
  if (span.kind === 'savepoint') return span.outcome === 'rolled-back' ? 'rolled back' : 'released';
  if (span.kind === 'signal' && span.sender) return `${span.name} (${span.sender})`;
  return span.name;
}

function endOf({ outcome }: Span): string {
  if (outcome === 'ok') return 'committed';
  return outcome === 'rolled-back' ? 'rolled back' : (WORDS[outcome] ?? outcome);
}
