import { useMemo, useState } from 'preact/hooks';
import type { Registry } from '../api.js';
import { Copy } from '../parts/copy.js';
import { Note, useFetched } from '../parts/fetched.js';
import { middle } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { layoutOf, mermaidOf, NODE, type MapLayout } from './map-layout.js';
import { PHASES } from './receiver-card.js';
import { openSignal } from './signals.js';
import type { Moment } from '../traces.js';

/** Who leads to what, as a map or as lists. */
export function MapPage({ moment }: { moment: Moment }) {
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
        <Copy text={() => mermaidOf(layout)}>Copy Mermaid</Copy>
      </div>
      {layout.nodes.length === 0 && (
        <Note title="Nothing to draw">
          <p>{onlyProblems ? 'No problem has been seen since the start.' : 'No signal fits.'}</p>
        </Note>
      )}
      {layout.nodes.length > 0 &&
        (isList ? <Lists layout={layout} /> : <Drawing layout={layout} />)}
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

function Drawing({ layout }: { layout: MapLayout }) {
  const [lit, setLit] = useState<string>();
  const near = useMemo(
    () => (lit === undefined ? undefined : connected(layout, lit)),
    [layout, lit],
  );
  const nodes = new Map(layout.nodes.map((node) => [node.id, node]));
  const faded = (id: string): string => (near && !near.has(id) ? ' is-faded' : '');
  return (
    <div class="map" tabIndex={0} role="region" aria-label="Map of signals">
      <svg
        width={layout.width + 8}
        height={layout.height + 8}
        viewBox={`-4 -4 ${layout.width + 8} ${layout.height + 8}`}
        role="group"
        aria-label="Signals, who sends them and who hears them"
      >
        {layout.edges.map(({ from, to, phase }) => {
          const [start, end] = [nodes.get(from), nodes.get(to)];
          if (!start || !end) return null;
          const [x1, y1] = [start.x + NODE.width, start.y + NODE.height / 2];
          const [x2, y2] = [end.x, end.y + NODE.height / 2];
          const bend = Math.max(24, (x2 - x1) / 2);
          const isLit = near?.has(from) && near.has(to);
          return (
            <path
              key={`${from} ${to}`}
              class={`edge is-${phase}${near && !isLit ? ' is-faded' : ''}`}
              d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            />
          );
        })}
        {layout.nodes.map(({ id, kind, label, phase, hasProblem, x, y }) => (
          <g
            key={id}
            class={`node is-${kind} phase-${phase}${hasProblem ? ' has-problem' : ''}${faded(id)}`}
            transform={`translate(${x} ${y})`}
            tabIndex={0}
            role={kind === 'site' ? 'img' : 'button'}
            aria-label={`${kind === 'site' ? 'module' : kind} ${label}${phase ? `, ${PHASES[phase]}` : ''}${hasProblem ? ', has problems' : ''}`}
            onMouseEnter={() => setLit(id)}
            onMouseLeave={() => setLit(undefined)}
            onFocus={() => setLit(id)}
            onBlur={() => setLit(undefined)}
            onClick={() => openNode(id)}
            onKeyDown={({ key }) => key === 'Enter' && openNode(id)}
          >
            <title>{label}</title>
            <rect width={NODE.width} height={NODE.height} rx={kind === 'signal' ? 17 : 6} />
            <text x="14" y="22">
              {middle(label, 25)}
            </text>
            {hasProblem && <path class="problem" d={`M${NODE.width - 20} 11l6 11h-12z`} />}
          </g>
        ))}
      </svg>
    </div>
  );
}

function openNode(id: string): void {
  const [kind, name = ''] = id.split(' ');
  if (kind !== 'site') openSignal(name);
}

/** What leads to a node, and what it leads to. */
function connected({ edges }: MapLayout, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  const follow = (at: string, from: 'from' | 'to', to: 'from' | 'to'): void => {
    for (const edge of edges) {
      if (edge[from] !== at || found.has(edge[to])) continue;
      found.add(edge[to]);
      follow(edge[to], from, to);
    }
  };
  follow(id, 'from', 'to');
  follow(id, 'to', 'from');
  return found;
}

/** The same as nested lists. */
function Lists({ layout }: { layout: MapLayout }) {
  const label = (id: string): string => layout.nodes.find((node) => node.id === id)?.label ?? id;
  const next = (id: string) => layout.edges.filter(({ from }) => from === id);
  return (
    <ul class="nested">
      {layout.nodes
        .filter(({ kind }) => kind === 'signal')
        .map(({ id, label: name }) => (
          <li key={id}>
            <Link to={`signals/${encodeURIComponent(name)}`}>{name}</Link>
            {layout.edges.some(({ to }) => to === id) && (
              <span class="soft">
                {' '}
                from{' '}
                {layout.edges
                  .filter(({ to }) => to === id)
                  .map(({ from }) => label(from))
                  .join(', ')}
              </span>
            )}
            <ul>
              {next(id).map(({ to, phase }) => (
                <li key={to}>
                  {label(to)} <span class={`phase is-${phase}`}>{PHASES[phase]}</span>
                  {next(to).length > 0 && (
                    <span class="soft">
                      {' '}
                      sends{' '}
                      {next(to)
                        .map((edge) => label(edge.to))
                        .join(', ')}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </li>
        ))}
    </ul>
  );
}
