import type { Registry } from '../api.js';

export interface MapNode {
  readonly id: string;
  readonly kind: 'site' | 'signal' | 'receiver';
  readonly label: string;
  readonly phase: string | undefined;
  readonly hasProblem: boolean;
  readonly column: number;
  x: number;
  y: number;
}

export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly phase: string;
}

/** Receivers of one module, in one column. */
export interface MapGroup {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MapLayout {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly groups: readonly MapGroup[];
  readonly width: number;
  readonly height: number;
}

export const NODE = { width: 200, height: 34, gap: 12, column: 250 } as const;
const GROUP = { head: 24, padding: 10 } as const;

export function edgeKey({ from, to }: MapEdge): string {
  return `${from} ${to}`;
}

/** From left to right: who sends, the signal, its receivers, the signals that these send in turn. */
export function layoutOf(
  { signals }: Registry,
  fits: (name: string) => boolean,
  onlyProblems: boolean,
): MapLayout {
  const shown = signals.filter(
    ({ name, receivers, sent, failed, unheard }) =>
      name !== '*' &&
      (receivers.length > 0 || sent > 0) &&
      (fits(name) || receivers.some(({ dispatchUid }) => fits(dispatchUid))) &&
      (!onlyProblems ||
        failed > 0 ||
        unheard > 0 ||
        receivers.some(({ failures }) => failures > 0)),
  );
  const depths = depthsOf(shown);
  const nodes = new Map<string, MapNode>();
  const edges: MapEdge[] = [];
  const add = (node: Omit<MapNode, 'x' | 'y'>): void => {
    if (!nodes.has(node.id)) nodes.set(node.id, { ...node, x: 0, y: 0 });
  };
  for (const signal of shown) {
    const depth = depths.get(signal.name) ?? 0;
    const id = `signal ${signal.name}`;
    add({
      id,
      kind: 'signal',
      label: signal.name,
      phase: undefined,
      hasProblem: signal.failed > 0 || signal.unheard > 0,
      column: 1 + 2 * depth,
    });
    if (depth === 0) {
      for (const module of new Set(signal.sites.map(({ site }) => moduleOf(site)))) {
        add({
          id: `site ${module}`,
          kind: 'site',
          label: module,
          phase: undefined,
          hasProblem: false,
          column: 0,
        });
        edges.push({ from: `site ${module}`, to: id, phase: 'inTransaction' });
      }
    }
    for (const { dispatchUid, phase, failures } of signal.receivers) {
      const receiver = `receiver ${signal.name} ${dispatchUid}`;
      add({
        id: receiver,
        kind: 'receiver',
        label: dispatchUid,
        phase,
        hasProblem: failures > 0,
        column: 2 + 2 * depth,
      });
      edges.push({ from: id, to: receiver, phase });
    }
  }
  for (const signal of shown) {
    for (const sender of signal.sentBy) {
      const from = [...nodes.values()].find(
        ({ kind, label, column }) =>
          kind === 'receiver' &&
          label === sender &&
          column < 1 + 2 * (depths.get(signal.name) ?? 0),
      );
      if (from)
        edges.push({
          from: from.id,
          to: `signal ${signal.name}`,
          phase: from.phase ?? 'inTransaction',
        });
    }
  }
  return placed([...nodes.values()], edges);
}

/** A signal stands behind the receivers that send it, as far as they do not go in circles. */
function depthsOf(signals: Registry['signals']): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const heardBy = new Map<string, string[]>();
  for (const { name, receivers } of signals) {
    for (const { dispatchUid } of receivers)
      heardBy.set(dispatchUid, [...(heardBy.get(dispatchUid) ?? []), name]);
  }
  const depthOf = (name: string, path: readonly string[]): number => {
    if (path.includes(name)) return 0;
    const signal = signals.find((each) => each.name === name);
    if (!signal || signal.sites.length === 0 || signal.sentBy.length === 0) return 0;
    if (name.startsWith('model.')) return 0;
    const causes = signal.sentBy.flatMap((receiver) => heardBy.get(receiver) ?? []);
    return Math.max(0, ...causes.map((cause) => 1 + depthOf(cause, [...path, name])));
  };
  for (const { name } of signals) depths.set(name, depthOf(name, []));
  return depths;
}

/** Columns from left to right; in each, nodes near what leads to them, receivers by their module. */
function placed(nodes: readonly MapNode[], edges: readonly MapEdge[]): MapLayout {
  const columns = Math.max(0, ...nodes.map(({ column }) => column)) + 1;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const weight = (node: MapNode): number =>
    mean(edges.filter(({ to }) => to === node.id).map(({ from }) => byId.get(from)?.y ?? 0));
  const groups: MapGroup[] = [];
  let height = 0;
  for (let column = 0; column < columns; column += 1) {
    const clusters = new Map<string, { node: MapNode; at: number }[]>();
    for (const node of nodes.filter((each) => each.column === column)) {
      const key = node.kind === 'receiver' ? (node.label.split('.')[0] ?? '') : node.id;
      clusters.set(key, [...(clusters.get(key) ?? []), { node, at: weight(node) }]);
    }
    const ordered = [...clusters]
      .map(([label, members]) => ({ label, members, at: mean(members.map(({ at }) => at)) }))
      .toSorted((one, other) => one.at - other.at);
    let next = 0;
    for (const { label, members, at } of ordered) {
      const isGroup = members.some(({ node }) => node.kind === 'receiver');
      const top = Math.max(next, at - (isGroup ? GROUP.head : 0));
      next = isGroup ? top + GROUP.head : top;
      for (const { node } of members.toSorted((one, other) => one.at - other.at)) {
        node.x = column * NODE.column + GROUP.padding;
        node.y = next;
        next += NODE.height + NODE.gap;
      }
      if (isGroup) {
        next += GROUP.padding - NODE.gap;
        const width = NODE.width + 2 * GROUP.padding;
        groups.push({ label, x: column * NODE.column, y: top, width, height: next - top });
        next += NODE.gap;
      }
    }
    height = Math.max(height, next);
  }
  const width = (columns - 1) * NODE.column + NODE.width + 2 * GROUP.padding;
  return { nodes, edges, groups, width, height };
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

/** `apps/api/src/orders/orders.service.ts:82` is of `orders`. */
function moduleOf(site: string): string {
  const parts = site.split('/');
  return parts.at(-2) ?? site;
}
