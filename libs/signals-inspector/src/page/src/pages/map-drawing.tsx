import type { Ref } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { middle } from '../parts/format.js';
import { edgeKey, NODE, type MapEdge, type MapLayout, type MapNode } from './map-layout.js';
import { PHASES } from './receiver-card.js';
import { openSignal } from './signals.js';

interface DrawingProps {
  readonly layout: MapLayout;
  /** How often each edge was used while somebody watched. */
  readonly pulses: ReadonlyMap<string, number>;
  readonly drawing: Ref<SVGSVGElement>;
}

/** The map as a picture: from left to right who sends, what, who hears it, and what that sends in turn. */
export function Drawing({ layout, pulses, drawing }: DrawingProps) {
  const [lit, setLit] = useState<string>();
  const near = useMemo(
    () => (lit === undefined ? undefined : connected(layout, lit)),
    [layout, lit],
  );
  const nodes = useMemo(() => new Map(layout.nodes.map((node) => [node.id, node])), [layout]);
  return (
    <div class="map" tabIndex={0} role="region" aria-label="Map of signals">
      <svg
        ref={drawing}
        width={layout.width + 16}
        height={layout.height + 16}
        viewBox={`-8 -8 ${layout.width + 16} ${layout.height + 16}`}
        role="group"
        aria-label="Signals, who sends them and who hears them"
      >
        {layout.groups.map(({ label, x, y, width, height }) => (
          <g key={`${label} ${x} ${y}`} class="group" aria-hidden="true">
            <rect x={x} y={y} width={width} height={height} rx="10" />
            <text x={x + 10} y={y + 16}>
              {label}
            </text>
          </g>
        ))}
        {layout.edges.map((edge) => {
          const path = pathOf(edge, nodes);
          if (!path) return null;
          const isFaded = near && !(near.has(edge.from) && near.has(edge.to));
          const key = edgeKey(edge);
          const pulse = pulses.get(key);
          return [
            <path
              key={key}
              class={`edge is-${edge.phase}${isFaded ? ' is-faded' : ''}`}
              d={path}
            />,
            pulse && <path key={`${key} ${pulse}`} class="pulse" data-pulse={key} d={path} />,
          ];
        })}
        {layout.nodes.map((node) => (
          <Node
            key={node.id}
            node={node}
            isFaded={near ? !near.has(node.id) : false}
            onLight={setLit}
          />
        ))}
      </svg>
    </div>
  );
}

interface NodeProps {
  readonly node: MapNode;
  readonly isFaded: boolean;
  readonly onLight: (id: string | undefined) => void;
}

function Node({ node: { id, kind, label, phase, hasProblem, x, y }, isFaded, onLight }: NodeProps) {
  // The group around a receiver names its module.
  const shown = middle(kind === 'receiver' ? label.replace(/^[^.]+\.(?=.)/, '') : label, 25);
  const isCut = !label.includes(shown);
  const what = kind === 'site' ? 'module' : kind;
  const when = phase ? `, ${PHASES[phase]}` : '';
  return (
    <g
      class={`node is-${kind} phase-${phase}${hasProblem ? ' has-problem' : ''}${isFaded ? ' is-faded' : ''}`}
      transform={`translate(${x} ${y})`}
      tabIndex={0}
      role={kind === 'site' ? 'img' : 'button'}
      aria-label={`${what} ${label}${isCut ? ` (${shown})` : ''}${when}${hasProblem ? ', has problems' : ''}`}
      onMouseEnter={() => onLight(id)}
      onMouseLeave={() => onLight(undefined)}
      onFocus={() => onLight(id)}
      onBlur={() => onLight(undefined)}
      onClick={() => openNode(id)}
      onKeyDown={({ key }) => key === 'Enter' && openNode(id)}
    >
      <title>{label}</title>
      <rect width={NODE.width} height={NODE.height} rx={kind === 'signal' ? 17 : 6} />
      <text x="14" y="22">
        {shown}
      </text>
      {hasProblem && <path class="problem" d={`M${NODE.width - 20} 11l6 11h-12z`} />}
    </g>
  );
}

function pathOf({ from, to }: MapEdge, nodes: ReadonlyMap<string, MapNode>): string | undefined {
  const [start, end] = [nodes.get(from), nodes.get(to)];
  if (!start || !end) return undefined;
  const [x1, y1] = [start.x + NODE.width, start.y + NODE.height / 2];
  const [x2, y2] = [end.x, end.y + NODE.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
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
