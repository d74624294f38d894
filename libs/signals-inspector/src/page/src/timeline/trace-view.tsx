import { useMemo, useState } from 'preact/hooks';
import { addressOf, post, Refusal, type ShownTrace, type Span, type Summary } from '../api.js';
import { useAbout } from '../parts/about.js';
import { Copy } from '../parts/copy.js';
import { Note, useFetched } from '../parts/fetched.js';
import { clock, duration, many } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { isFailed } from './rows.js';
import { SpanPanel } from './span-panel.js';
import { Badges } from './trace-list.js';
import { Waterfall } from './waterfall.js';

/** One trace: what it led to in words, its waterfall, and the details of a row. */
export function TraceView({ id, summary }: { id: string; summary: Summary | undefined }) {
  const about = useAbout();
  const { value, error } = useFetched<ShownTrace>(`traces/${id}`, summary?.sequence);
  const [selected, setSelected] = useState<{ trace: string; span: number }>();
  const spans = useMemo(() => value && named(value), [value]);
  if (error) return <Gone error={error} />;
  if (!value || !spans) return <p class="loading">Loading…</p>;
  const { facts, truncated } = value;
  const chosen = selected?.trace === id ? selected.span : (spans.find(isFailed)?.id ?? 0);
  const span = spans.find((each) => each.id === chosen) ?? spans[0];
  const shown = value.summary;
  const focusPanel = (): void => document.getElementById('panel')?.focus();
  return (
    <article class="trace">
      <header class="trace-head">
        <h2>{shown.path ? `${shown.name.split(' ')[0]} ${shown.path}` : shown.name}</h2>
        <p class="sentence">{shown.sentence}</p>
        <ul class="chips">
          {shown.status !== undefined && (
            <li>
              status <b>{shown.status}</b>
            </li>
          )}
          <li>
            took <b>{duration(shown.duration)}</b>
          </li>
          <li>
            in receivers <b>{duration(shown.receiverTime)}</b>
            {shown.duration
              ? ` (${Math.min(100, Math.round((100 * shown.receiverTime) / shown.duration))} %)`
              : ''}
          </li>
          <li>
            SQL <b>{shown.statements}</b> in <b>{duration(shown.statementTime)}</b>
          </li>
          <li>{many(shown.transactions, 'transaction')}</li>
          {shown.deliveries > 0 && (
            <li>{many(shown.deliveries, 'delivery').replace('deliverys', 'deliveries')}</li>
          )}
          <li>at {clock(shown.startedAt)}</li>
          <li class="badges">
            <Badges trace={shown} />
          </li>
        </ul>
        <div class="acts">
          <Copy text={() => addressOf(`t/${id}`)}>Copy link</Copy>
          <Copy text={() => JSON.stringify(value, null, 2)}>Copy as JSON</Copy>
          {about?.access === 'operate' && <Pin trace={shown} />}
          <Origin facts={facts} />
          <Tracing facts={facts} />
        </div>
      </header>
      <div class="trace-body">
        <Waterfall
          name={shown.name}
          spans={spans}
          truncated={truncated}
          limit={about?.retention.spans ?? 2_000}
          selected={span?.id ?? 0}
          onSelect={(row) => setSelected({ trace: id, span: row })}
          onEnter={focusPanel}
        />
        {span && <SpanPanel span={span} spans={spans} facts={facts} />}
      </div>
    </article>
  );
}

/** The entry is called as the list calls it. */
function named({ spans, summary }: ShownTrace): readonly Span[] {
  return spans.map((span) => (span.kind === 'entry' ? { ...span, name: summary.name } : span));
}

function Pin({ trace }: { trace: Summary }) {
  const [isPinned, setPinned] = useState(trace.isPinned);
  const [refusal, setRefusal] = useState('');
  const toggle = async (): Promise<void> => {
    try {
      await post(`traces/${trace.id}/pin`, { isPinned: !isPinned });
      setPinned(!isPinned);
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  return (
    <>
      <button type="button" class="quiet" aria-pressed={isPinned} onClick={() => void toggle()}>
        {isPinned ? 'Unpin' : 'Pin'}
      </button>
      {refusal && <span role="alert">{refusal}</span>}
    </>
  );
}

/** A job names the trace that its delivery was written in. */
function Origin({ facts }: { facts: Readonly<Record<string, unknown>> }) {
  const carrier = facts['carrier'] as Readonly<Record<string, string>> | undefined;
  const origin = carrier?.['signals-trace'];
  return origin ? <Link to={`t/${origin}`}>The request that it came from</Link> : null;
}

/** The same request as the tracer shows it, where the application says how to get there. */
function Tracing({ facts }: { facts: Readonly<Record<string, unknown>> }) {
  const template = useAbout()?.tracingUi;
  const { otelTraceId } = facts;
  if (!template || typeof otelTraceId !== 'string') return null;
  return (
    <a href={template.replace('{traceId}', otelTraceId)} target="_blank" rel="noreferrer">
      Open in the tracing UI
    </a>
  );
}

function Gone({ error }: { error: Error }) {
  const about = useAbout();
  if (!(error instanceof Refusal) || error.status !== 404) {
    return <Note title="The inspector does not answer">{error.message}</Note>;
  }
  const minutes = Math.round((about?.retention.age ?? 0) / 60_000);
  return (
    <Note title="This one is gone">
      <p>
        Kept for {minutes} minutes or {about?.retention.traces} requests, and not over a restart.
        Raise the limits with{' '}
        <code>InspectorModule.forRoot({'{ retention: { traces, age } }'})</code>, or pin what you
        still need.
      </p>
      <Link to="">All requests</Link>
    </Note>
  );
}
