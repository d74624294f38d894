import { useMemo, useRef, useState } from 'preact/hooks';
import type { Registry } from '../api.js';
import { Copy } from '../parts/copy.js';
import { Note, useFetched } from '../parts/fetched.js';
import type { Moment, Traces } from '../traces.js';
import { Drawing } from './map-drawing.js';
import { mermaidOf, saveSvg } from './map-export.js';
import { layoutOf } from './map-layout.js';
import { Lists } from './map-lists.js';
import { usePulses } from './map-pulses.js';

/** Who leads to what, as a map or as lists. */
export function MapPage({ moment, traces }: { moment: Moment; traces: Traces }) {
  const version = `${moment.registryTold} ${moment.traces[0]?.sequence ?? 0}`;
  const { value } = useFetched<Registry>('registry', version);
  const [query, setQuery] = useState('');
  const [onlyProblems, setOnlyProblems] = useState(false);
  const [isList, setList] = useState(innerWidth < 820);
  const layout = useMemo(
    () =>
      value &&
      layoutOf(value, (name) => name.toLowerCase().includes(query.toLowerCase()), onlyProblems),
    [value, query, onlyProblems],
  );
  const [isLive, setLive] = useState(!matchMedia('(prefers-reduced-motion: reduce)').matches);
  const pulses = usePulses(traces, layout, isLive && !isList);
  const drawing = useRef<SVGSVGElement>(null);
  if (!layout || !value)
    return (
      <main class="page" id="main">
        <p class="loading">Loading…</p>
      </main>
    );
  return (
    <main class="page wide" id="main">
      <div class="page-head">
        <h1>Map</h1>
        <label class="hidden-label" for="filter">
          Filter
        </label>
        <input
          id="filter"
          type="search"
          placeholder="Filter   /"
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <button
          type="button"
          class="quiet"
          aria-pressed={onlyProblems}
          onClick={() => setOnlyProblems(!onlyProblems)}
        >
          Only problems
        </button>
        <button type="button" class="quiet" aria-pressed={isList} onClick={() => setList(!isList)}>
          List
        </button>
        {!isList && (
          <button
            type="button"
            class="quiet"
            aria-pressed={isLive}
            onClick={() => setLive(!isLive)}
          >
            Live
          </button>
        )}
        <Copy text={() => mermaidOf(layout)}>Copy Mermaid</Copy>
        {!isList && (
          <button
            type="button"
            class="quiet"
            onClick={() => drawing.current && saveSvg(drawing.current)}
          >
            Save SVG
          </button>
        )}
      </div>
      {layout.nodes.length === 0 && (
        <Note title="Nothing to draw">
          <p>{onlyProblems ? 'No problem has been seen since the start.' : 'No signal fits.'}</p>
        </Note>
      )}
      {layout.nodes.length > 0 &&
        (isList ? (
          <Lists layout={layout} />
        ) : (
          <Drawing layout={layout} pulses={pulses} drawing={drawing} />
        ))}
      <ul class="legend" aria-label="Lines">
        <li>
          <svg viewBox="0 0 40 8" aria-hidden="true">
            <path d="M0 4h40" class="edge" />
          </svg>{' '}
          in the transaction
        </li>
        <li>
          <svg viewBox="0 0 40 8" aria-hidden="true">
            <path d="M0 4h40" class="edge is-afterCommit" />
          </svg>{' '}
          after the commit
        </li>
        <li>
          <svg viewBox="0 0 40 8" aria-hidden="true">
            <path d="M0 4h40" class="edge is-durable" />
          </svg>{' '}
          durable
        </li>
      </ul>
    </main>
  );
}
