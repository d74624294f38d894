import { useEffect, useRef, useState } from 'preact/hooks';
import type { Summary } from '../api.js';
import { age, duration, many, middle, restartWords } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Badge, Lamp } from '../parts/outcome.js';
import { withQuery } from '../routes.js';

const SLOW = 500;

interface Group {
  readonly first: Summary;
  readonly times: number;
}

/** Repeats of one route within a second are one row. */
function grouped(traces: readonly Summary[], selected: string | undefined): readonly Group[] {
  const groups: { first: Summary; times: number; last: number }[] = [];
  for (const trace of traces) {
    const group = groups.at(-1);
    const isRepeat =
      group?.first.name === trace.name &&
      group.last - trace.startedAt < 1_000 &&
      trace.id !== selected &&
      group.first.id !== selected &&
      outcomeOf(trace) === outcomeOf(group.first);
    if (group && isRepeat) {
      group.times += 1;
      group.last = trace.startedAt;
    } else groups.push({ first: trace, times: 1, last: trace.startedAt });
  }
  return groups;
}

export function outcomeOf(trace: Summary): string {
  if (trace.failedAborted > 0 || (trace.status ?? 0) >= 500) return 'failed-aborted';
  if (trace.rolledBack > 0) return 'rolled-back';
  if (trace.failedIsolated > 0) return 'failed-isolated';
  if (trace.pending > 0 || trace.duration === undefined) return 'pending';
  return trace.hasEffects ? 'ok' : 'skipped';
}

export function Badges({ trace }: { trace: Summary }) {
  const failed = trace.failedAborted;
  return (
    <>
      {failed > 0 && <Badge look="failed-aborted">{failed} failed</Badge>}
      {trace.failedIsolated > 0 && (
        <Badge look="failed-isolated">{trace.failedIsolated} failed, unaffected</Badge>
      )}
      {trace.rolledBack > 0 && <Badge look="failed-aborted">rolled back</Badge>}
      {trace.dropped > 0 && <Badge look="dropped">{trace.dropped} dropped</Badge>}
      {trace.pending > 0 && <Badge look="pending">{trace.pending} waiting</Badge>}
      {trace.passedBy > 0 && <Badge look="failed-isolated">{trace.passedBy} passed by</Badge>}
      {(trace.duration ?? 0) >= SLOW && <Badge look="skipped">slow</Badge>}
      {trace.truncated > 0 && <Badge look="skipped">truncated</Badge>}
      {trace.isPinned && <Badge look="durable">pinned</Badge>}
    </>
  );
}

interface TraceListProps {
  readonly traces: readonly Summary[];
  readonly selected: string | undefined;
  readonly now: number;
  readonly restartedAt: string | undefined;
}

/** A new row never moves what somebody is reading: scrolled down, it waits behind a button. */
export function TraceList({ traces, selected, now, restartedAt }: TraceListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [frozenAt, setFrozenAt] = useState<number>();
  const held =
    frozenAt === undefined ? 0 : traces.filter(({ startedAt }) => startedAt > frozenAt).length;
  const shown = held > 0 ? traces.slice(held) : traces;
  const follow = (): void => {
    const isAtTop = (scroller.current?.scrollTop ?? 0) < 24;
    setFrozenAt((at) => (isAtTop ? undefined : (at ?? traces[0]?.startedAt)));
  };
  const toTop = (): void => {
    setFrozenAt(undefined);
    scroller.current?.scrollTo({ top: 0 });
  };
  useEffect(() => {
    scroller.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <div class="trace-list" ref={scroller} onScroll={follow}>
      {held > 0 && (
        <button type="button" class="pill" onClick={toTop}>
          {held} new
        </button>
      )}
      <ol>
        {grouped(shown, selected).map(({ first, times }) => (
          <li key={first.id}>
            <TraceRow trace={first} times={times} isSelected={first.id === selected} now={now} />
          </li>
        ))}
        {restartedAt !== undefined && <li class="restart">{restartWords(restartedAt)}</li>}
      </ol>
    </div>
  );
}

interface TraceRowProps {
  readonly trace: Summary;
  readonly times: number;
  readonly isSelected: boolean;
  readonly now: number;
}

function TraceRow({ trace, times, isSelected, now }: TraceRowProps) {
  const [method, ...route] =
    trace.entry === 'http' ? trace.name.split(' ') : [trace.entry, trace.name];
  const ran = trace.receivers + trace.callbacks;
  return (
    <Link
      to={withQuery(`t/${trace.id}`)}
      class="trace-row"
      aria-current={isSelected ? 'true' : undefined}
    >
      <Lamp outcome={outcomeOf(trace)} />
      <span class="trace-name" title={trace.name}>
        <b>{method}</b> {middle(route.join(' '), 44)}
        {times > 1 && <i> ×{times}</i>}
      </span>
      <span class="trace-time">{duration(trace.duration)}</span>
      <span class="trace-counts">
        {trace.hasEffects
          ? [many(trace.signals, 'signal'), many(ran, 'receiver'), `${trace.statements} SQL`].join(
              ' · ',
            )
          : `no signal · ${trace.statements} SQL`}
      </span>
      <span class="trace-age">
        {trace.status !== undefined && (
          <span class={`status s${trace.status}`.slice(0, 9)}>{trace.status}</span>
        )}{' '}
        {age(trace.startedAt, now)}
      </span>
      <span class="trace-badges">
        <Badges trace={trace} />
      </span>
    </Link>
  );
}
