import type { Graph, GraphNode } from './graph.js';

export interface PlacedNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly width: number;
  readonly height: number;
}

const CHARACTER = 7.2;
const HEIGHT = 30;
const ROW = 46;
const GAP = 120;
const MARGIN = 24;
/** How often nodes are moved towards those that they are connected with. */
const SWEEPS = 6;

/** From left to right: a node stands right of all that leads to it, near those that it is connected with. */
export function layout(graph: Graph): Layout {
  const columns = columnsOf(graph);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) untangle(columns, graph, sweep % 2 === 0);
  const tallest = Math.max(1, ...columns.map(({ length }) => length));
  const nodes = new Map<string, PlacedNode>();
  let x = MARGIN;
  for (const column of columns) {
    const width = Math.max(...column.map(({ label }) => label.length * CHARACTER + 24));
    const top = MARGIN + ((tallest - column.length) * ROW) / 2;
    column.forEach((node, row) =>
      nodes.set(node.id, { node, x, y: top + row * ROW, width, height: HEIGHT }),
    );
    x += width + GAP;
  }
  return {
    nodes,
    width: Math.max(2 * MARGIN, x - GAP + MARGIN),
    height: 2 * MARGIN + tallest * ROW,
  };
}

function columnsOf({ nodes, edges }: Graph): GraphNode[][] {
  const depths = new Map<string, number>();
  const depthOf = (id: string, path: readonly string[]): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    // What leads back to itself does not stand right of itself.
    const before = edges.filter(({ from, to }) => to === id && from !== id && !path.includes(from));
    const depth = Math.max(0, ...before.map(({ from }) => depthOf(from, [...path, id]) + 1));
    depths.set(id, depth);
    return depth;
  };
  const columns: GraphNode[][] = [];
  for (const node of nodes) (columns[depthOf(node.id, [])] ??= []).push(node);
  return [...columns].map((column) => column ?? []).filter(({ length }) => length > 0);
}

function untangle(columns: GraphNode[][], { edges }: Graph, isForward: boolean): void {
  const rows = new Map(
    columns.flatMap((column) => column.map(({ id }, row) => [id, row] as const)),
  );
  for (const column of columns) {
    const wanted = new Map(
      column.map(({ id }, row) => {
        const near = edges
          .filter((edge) => (isForward ? edge.to : edge.from) === id)
          .map((edge) => rows.get(isForward ? edge.from : edge.to) ?? row);
        const mean = near.reduce((sum, each) => sum + each, 0) / near.length;
        return [id, near.length > 0 ? mean : row] as const;
      }),
    );
    column.sort((one, other) => (wanted.get(one.id) ?? 0) - (wanted.get(other.id) ?? 0));
    column.forEach(({ id }, row) => rows.set(id, row));
  }
}
