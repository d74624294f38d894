import type { ReceiverInfo } from 'nestjs-signals/core';
import {
  flatten,
  hears,
  signalsOfWrite,
  type MappedReceiver,
  type SignalMap,
} from '../model/index.js';
import type { LeafEffect } from '../sources/index.js';

export type NodeKind = 'sender' | 'signal' | 'receiver' | 'listener';

export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** The folder that it belongs to, as far as one is known. */
  readonly group: string | undefined;
}

export type EdgeKind = 'sends' | ReceiverInfo['phase'];

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A signal, of one sender where receivers tell senders apart. */
interface Station {
  readonly id: string;
  readonly signal: string;
  readonly sender: string | undefined;
}

/**
 * Who sends, what is sent, who hears it, and what they send in turn. Of what every entity sends, as
 * an audit hears it, only the receivers are drawn: every write of the application would lead there.
 */
export function graphOf(map: SignalMap): Graph {
  const drawing = new Drawing();
  for (const receiver of map.receivers) drawReceiver(receiver, map, drawing);
  for (const { name, category } of map.signals) {
    if (category === 'domain')
      drawing.node(stationNode({ id: name, signal: name, sender: undefined }, map));
  }
  drawSenders(map, drawing);
  return drawing.graph();
}

/** What leads to a node and what comes of it, as far as so many steps. */
export function focusOn(graph: Graph, name: string, depth: number): Graph | undefined {
  const centre = graph.nodes.filter(
    ({ id, label }) => label === name || id === name || label.endsWith(`.${name}`),
  );
  if (centre.length === 0) return undefined;
  const kept = new Set(centre.map(({ id }) => id));
  for (const [near, far] of [
    ['from', 'to'],
    ['to', 'from'],
  ] as const) {
    let border = new Set(centre.map(({ id }) => id));
    for (let step = 0; step < depth; step += 1) {
      border = new Set(
        graph.edges.filter((edge) => border.has(edge[near])).map((edge) => edge[far]),
      );
      for (const id of border) kept.add(id);
    }
  }
  return {
    nodes: graph.nodes.filter(({ id }) => kept.has(id)),
    edges: graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}

class Drawing {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, GraphEdge>();

  node(node: GraphNode): void {
    if (!this.#nodes.has(node.id)) this.#nodes.set(node.id, node);
  }

  edge(edge: GraphEdge): void {
    this.#edges.set(`${edge.from} ${edge.kind} ${edge.to}`, edge);
  }

  graph(): Graph {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }
}

function drawReceiver(receiver: MappedReceiver, map: SignalMap, drawing: Drawing): void {
  const { dispatchUid, phase } = receiver.info;
  if (receiver.signal === undefined) return drawListeners(map, drawing);
  const station = stationOf(receiver.signal, receiver);
  const group = receiver.place && folderOf(receiver.place.file);
  drawing.node(stationNode(station, map));
  drawing.node({ id: dispatchUid, kind: 'receiver', label: dispatchUid, group });
  drawing.edge({ from: station.id, to: dispatchUid, kind: phase });
  for (const { effect } of flatten(receiver.effects())) {
    for (const sent of stationsOf(effect, map)) {
      drawing.node(stationNode(sent, map));
      drawing.edge({ from: dispatchUid, to: sent.id, kind: 'sends' });
    }
  }
}

function drawListeners(map: SignalMap, drawing: Drawing): void {
  for (const { name } of map.signals) {
    for (const { owner } of map.listenersOf(name)) {
      drawing.node({ id: owner, kind: 'listener', label: owner, group: undefined });
      drawing.node(stationNode({ id: name, signal: name, sender: undefined }, map));
      drawing.edge({ from: name, to: owner, kind: 'afterCommit' });
    }
  }
}

/** Functions that send by themselves; what receivers send is drawn at the receivers. */
function drawSenders(map: SignalMap, drawing: Drawing): void {
  const byReceivers = new Set(
    map.receivers.flatMap((receiver) =>
      flatten(receiver.effects()).map(({ effect }) => placeOf(effect)),
    ),
  );
  for (const call of map.code?.calls ?? []) {
    if (byReceivers.has(placeOf(call))) continue;
    for (const station of stationsOf(call, map)) {
      const { by, file } = call.site;
      drawing.node({ id: by, kind: 'sender', label: by, group: folderOf(file) });
      drawing.edge({ from: by, to: station.id, kind: 'sends' });
    }
  }
}

/** The stations at which what somebody sends arrives. */
function stationsOf(effect: LeafEffect, map: SignalMap): readonly Station[] {
  if (effect.kind === 'external') return [];
  if (effect.kind === 'send') {
    const { signal } = effect;
    if (signal === undefined || map.signal(signal)?.category !== 'domain') return [];
    return [{ id: signal, signal, sender: undefined }];
  }
  const { before, after } = signalsOfWrite(effect);
  return map.receivers.flatMap((receiver) => {
    const { signal, sender } = receiver;
    const isSent = signal !== undefined && (signal === before || signal === after);
    const isHeard = effect.entities.some((entity) => hears(receiver, entity, map));
    return isSent && sender !== undefined && isHeard ? [stationOf(signal, receiver)] : [];
  });
}

/** Domain signals have one station; those of models one for each sender that somebody names. */
function stationOf(signal: string, { info, sender }: MappedReceiver): Station {
  const isOfModel = signal.startsWith('model.');
  return isOfModel
    ? {
        id: `${signal}(${info.sender})`,
        signal,
        sender: sender === undefined ? 'any' : info.sender,
      }
    : { id: signal, signal, sender: undefined };
}

function stationNode({ id, signal, sender }: Station, map: SignalMap): GraphNode {
  const place = map.signal(signal)?.place;
  return {
    id,
    kind: 'signal',
    label: sender === undefined ? signal : `${signal}(${sender})`,
    group: place && folderOf(place.file),
  };
}

function folderOf(file: string): string | undefined {
  return file.split('/').at(-2);
}

function placeOf({ site, kind }: LeafEffect): string {
  return `${kind} ${site.file}:${site.line}`;
}
