import type { EdgeKind, Graph, GraphNode, NodeKind } from './graph.js';

const SHAPES: Readonly<Record<NodeKind, string>> = {
  sender: 'box',
  signal: 'ellipse',
  receiver: 'box',
  listener: 'parallelogram',
};

const LINES: Readonly<Record<EdgeKind, string>> = {
  sends: '',
  inTransaction: '',
  afterCommit: ' [style=dashed, label="after commit"]',
  afterRollback: ' [style=dotted, label="after rollback"]',
  durable: ' [style=bold, label="durable"]',
};

/** For Graphviz: `signals graph --format dot | dot -Tpng`. */
export function dot({ nodes, edges }: Graph): string {
  const declared = ({ id, label, kind }: GraphNode): string =>
    `${quoted(id)} [label=${quoted(label)}, shape=${SHAPES[kind]}];`;
  const groups = new Set(nodes.map(({ group }) => group).filter((group) => group !== undefined));
  return [
    'digraph signals {',
    '  rankdir=LR;',
    ...[...groups].flatMap((group) => [
      `  subgraph ${quoted(`cluster_${group}`)} {`,
      `    label=${quoted(group)};`,
      ...nodes.filter((node) => node.group === group).map((node) => `    ${declared(node)}`),
      '  }',
    ]),
    ...nodes.filter(({ group }) => group === undefined).map((node) => `  ${declared(node)}`),
    ...edges.map(({ from, to, kind }) => `  ${quoted(from)} -> ${quoted(to)}${LINES[kind]};`),
    '}',
  ].join('\n');
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
