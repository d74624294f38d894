import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Span } from '../api.js';
import { duration, spoken } from '../parts/format.js';
import { Lamp, lookOf, WORDS } from '../parts/outcome.js';
import { axisOf, type Axis } from './axis.js';
import { isFailed, rowsOf, visibleRows, type Row } from './rows.js';

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

/** A trace as a tree of rows on one axis of time; moves by keys as a treegrid does. */
export function Waterfall(props: WaterfallProps) {
  const { name, spans, truncated, limit, selected, onSelect, onEnter } = props;
  const rows = useMemo(() => rowsOf(spans), [spans]);
  const axis = useMemo(() => axisOf(spans), [spans]);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const grid = useRef<HTMLDivElement>(null);
  const shown = visibleRows(rows, closed);
  const current = shown.findIndex(({ span }) => span.id === selected);
  const focus = (row: Row | undefined): void => {
    if (!row) return;
    onSelect(row.span.id);
    grid.current?.querySelector<HTMLElement>(`[data-row="${row.span.id}"]`)?.focus();
  };
  const toggle = (id: number, open?: boolean): void => {
    const next = new Set(closed);
    if (open ?? next.has(id)) next.delete(id);
    else next.add(id);
    setClosed(next);
  };
  useEffect(() => {
    const keys = (event: Event): void => {
      const { detail: key } = event as CustomEvent<string>;
      const row = shown[current] ?? shown[0];
      if (!row) return;
      const failures = rows.filter(({ span }) => isFailed(span));
      const at = rows.findIndex(({ span }) => span.id === row.span.id);
      const parent = (): Row | undefined => shown.find(({ span }) => span.id === row.span.parent);
      const moves: Record<string, () => void> = {
        ArrowDown: () => focus(shown[current + 1]),
        j: () => focus(shown[current + 1]),
        ArrowUp: () => focus(shown[current - 1]),
        k: () => focus(shown[current - 1]),
        Home: () => focus(shown[0]),
        End: () => focus(shown.at(-1)),
        ArrowRight: () =>
          closed.has(row.span.id)
            ? toggle(row.span.id, true)
            : row.hasChildren && focus(shown[current + 1]),
        ArrowLeft: () =>
          row.hasChildren && !closed.has(row.span.id)
            ? toggle(row.span.id, false)
            : focus(parent()),
        e: () => focus(failures.find((each) => rows.indexOf(each) > at) ?? failures[0]),
        E: () => focus(failures.findLast((each) => rows.indexOf(each) < at) ?? failures.at(-1)),
        x: () =>
          setClosed(
            closed.size > 0
              ? new Set()
              : new Set(
                  rows
                    .filter((each) => each.hasChildren && each.level > 1)
                    .map(({ span }) => span.id),
                ),
          ),
        Enter: onEnter,
      };
      const level = /^[1-9]$/.test(key) ? Number(key) : undefined;
      if (level !== undefined) {
        setClosed(
          new Set(
            rows
              .filter((each) => each.hasChildren && each.level >= level)
              .map(({ span }) => span.id),
          ),
        );
      } else moves[key]?.();
    };
    const element = grid.current;
    element?.addEventListener('inspector-key', keys);
    return () => element?.removeEventListener('inspector-key', keys);
  });
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
        {shown.map((row, index) => (
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
