import type { EdgeKind, Graph, GraphNode, NodeKind } from './graph.js';

const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  sender: ['[', ']'],
  signal: ['([', '])'],
  receiver: ['[', ']'],
  listener: ['[/', '/]'],
};

const ARROWS: Readonly<Record<EdgeKind, string>> = {
  sends: '-->',
  inTransaction: '-->',
  afterCommit: '-. after commit .->',
  afterRollback: '-. after rollback .->',
  durable: '== durable ==>',
};

/** A flow chart that code hosts draw by themselves. */
export function mermaid({ nodes, edges }: Graph): string {
  const names = new Map(nodes.map(({ id }, at) => [id, `n${at}`]));
  const declared = (node: GraphNode): string => {
    const [open, close] = SHAPES[node.kind];
    return `${names.get(node.id)}${open}"${node.label.replaceAll('"', '&quot;')}"${close}`;
  };
  const groups = new Set(nodes.map(({ group }) => group).filter((group) => group !== undefined));
  return [
    'flowchart LR',
    ...[...groups].flatMap((group) => [
      `  subgraph ${group}`,
      ...nodes.filter((node) => node.group === group).map((node) => `    ${declared(node)}`),
      '  end',
    ]),
    ...nodes.filter(({ group }) => group === undefined).map((node) => `  ${declared(node)}`),
    ...edges.map(({ from, to, kind }) => `  ${names.get(from)} ${ARROWS[kind]} ${names.get(to)}`),
  ].join('\n');
}
