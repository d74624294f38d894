import type { EdgeKind, Graph } from './graph.js';
import { layout, type PlacedNode } from './layout.js';

const STYLE = `
    text { font: 12px ui-monospace, monospace; fill: #1b1f24 }
    .label { font-size: 10px; fill: #57606a }
    rect { fill: #ffffff; stroke: #57606a }
    .signal { fill: #ddf4ff; stroke: #0969da }
    path { fill: none; stroke: #57606a; stroke-width: 1.2 }
    .afterCommit { stroke-dasharray: 6 4 }
    .afterRollback { stroke-dasharray: 2 4 }
    .durable { stroke-width: 3 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .label { fill: #9198a1 }
      rect { fill: #151b23; stroke: #9198a1 } .signal { fill: #0c2d6b; stroke: #4493f8 }
      path { stroke: #9198a1 }
    }`;

const LABELS: Partial<Record<EdgeKind, string>> = {
  afterCommit: 'after commit',
  afterRollback: 'after rollback',
  durable: 'durable',
};

/** A picture that stands by itself, in light and dark. */
export function svg(graph: Graph): string {
  const { nodes, width, height } = layout(graph);
  const edges = graph.edges.flatMap(({ from, to, kind }) => {
    const start = nodes.get(from);
    const end = nodes.get(to);
    return start && end ? [edgeOf(start, end, kind)] : [];
  });
  const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" role="img">`,
    '  <title>Who sends which signal to whom</title>',
    `  <style>${STYLE}\n  </style>`,
    '  <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8" /></marker></defs>',
    ...edges,
    ...[...nodes.values()].map(nodeOf),
    '</svg>',
  ].join('\n');
}

function nodeOf({ node, x, y, width, height }: PlacedNode): string {
  const corner = node.kind === 'signal' ? height / 2 : 4;
  const label = escaped(node.label);
  return (
    `  <g><rect class="${node.kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" ` +
    `height="${height}" rx="${corner}" /><text x="${round(x + width / 2)}" ` +
    `y="${round(y + height / 2 + 4)}" text-anchor="middle">${label}</text></g>`
  );
}

function edgeOf(start: PlacedNode, end: PlacedNode, kind: EdgeKind): string {
  const x1 = start.x + start.width;
  const y1 = start.y + start.height / 2;
  const y2 = end.y + end.height / 2;
  const bend = Math.max(40, (end.x - x1) / 2);
  const curve = [
    `M${round(x1)} ${round(y1)} C${round(x1 + bend)} ${round(y1)}`,
    `${round(end.x - bend)} ${round(y2)} ${round(end.x)} ${round(y2)}`,
  ].join(' ');
  const label = LABELS[kind];
  const text = label
    ? `<text class="label" x="${round(end.x - 12)}" y="${round(y2 - 6)}" text-anchor="end">${label}</text>`
    : '';
  return `  <g><path class="${kind}" d="${curve}" marker-end="url(#tip)" />${text}</g>`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
