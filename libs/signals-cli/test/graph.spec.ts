import { describe, expect, it } from '@jest/globals';
import { dot, focusOn, mermaid, svg, type Graph } from '../src/graph/index.js';

const node = (id: string, kind: 'signal' | 'receiver' | 'sender') =>
  ({ id, kind, label: id, group: undefined }) as const;

/** Placing leads to a mail; what is mailed leads back to placing. */
const graph: Graph = {
  nodes: [
    node('Orders.place', 'sender'),
    node('orders.placed', 'signal'),
    node('mail.confirm', 'receiver'),
    node('mail.sent', 'signal'),
    node('orders."again"', 'receiver'),
  ],
  edges: [
    { from: 'Orders.place', to: 'orders.placed', kind: 'sends' },
    { from: 'orders.placed', to: 'mail.confirm', kind: 'afterCommit' },
    { from: 'mail.confirm', to: 'mail.sent', kind: 'sends' },
    { from: 'mail.sent', to: 'orders."again"', kind: 'durable' },
    { from: 'orders."again"', to: 'orders.placed', kind: 'sends' },
  ],
};

describe('A graph of signals', () => {
  it('is drawn in Mermaid, with the phase on each arrow', () => {
    expect(mermaid(graph)).toBe(
      [
        'flowchart LR',
        '  n0["Orders.place"]',
        '  n1(["orders.placed"])',
        '  n2["mail.confirm"]',
        '  n3(["mail.sent"])',
        '  n4["orders.&quot;again&quot;"]',
        '  n0 --> n1',
        '  n1 -. after commit .-> n2',
        '  n2 --> n3',
        '  n3 == durable ==> n4',
        '  n4 --> n1',
      ].join('\n'),
    );
  });

  it('is drawn for Graphviz', () => {
    expect(dot(graph)).toContain(
      '"mail.sent" -> "orders.\\"again\\"" [style=bold, label="durable"];',
    );
  });

  it('is drawn as a picture in which each node has a place of its own, circles too', () => {
    const picture = svg(graph);
    const places = [...picture.matchAll(/<rect class="\w+" x="([\d.]+)" y="([\d.]+)"/g)];

    expect(new Set(places.map(([, x, y]) => `${x} ${y}`)).size).toBe(graph.nodes.length);
    expect(picture).toContain('>orders."again"</text>');
  });

  it('is cut to what leads to a focus and what comes of it', () => {
    const focused = focusOn(graph, 'confirm', 1);

    expect(focused?.nodes.map(({ id }) => id)).toEqual([
      'orders.placed',
      'mail.confirm',
      'mail.sent',
    ]);
    expect(focused?.edges).toHaveLength(2);
  });

  it('knows when nothing is called like the focus', () => {
    expect(focusOn(graph, 'nothing', 1)).toBeUndefined();
  });
});
