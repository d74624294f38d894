import type { MapLayout } from './map-layout.js';

export function mermaidOf({ nodes, edges }: MapLayout): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const shapes = { site: ['[', ']'], signal: ['([', '])'], receiver: ['[[', ']]'] } as const;
  const lines = nodes.map(
    ({ id, kind, label }) => `  ${ids.get(id)}${shapes[kind][0]}"${label}"${shapes[kind][1]}`,
  );
  const arrows: Readonly<Record<string, string>> = {
    afterCommit: '-.->',
    afterRollback: '-.->',
    durable: '==>',
  };
  return [
    'flowchart LR',
    ...lines,
    ...edges.map(
      ({ from, to, phase }) => `  ${ids.get(from)} ${arrows[phase] ?? '-->'} ${ids.get(to)}`,
    ),
  ].join('\n');
}

/** What a picture has to carry with it where there is no style sheet. */
const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-family',
  'font-size',
  'font-weight',
];

/** The drawing as a file of its own, in the colours of the theme that is seen. */
export function saveSvg(drawing: SVGSVGElement): void {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [drawing, copy].map((svg) => [...svg.querySelectorAll('*')]);
  originals?.forEach((original, at) => {
    const style = getComputedStyle(original);
    const element = copies?.[at];
    for (const name of STYLES) element?.setAttribute(name, style.getPropertyValue(name));
    for (const name of ['class', 'tabindex', 'role']) element?.removeAttribute(name);
  });
  for (const pulse of copy.querySelectorAll('[data-pulse]')) pulse.remove();
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const link = document.createElement('a');
  const text = new XMLSerializer().serializeToString(copy);
  link.href = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  link.download = 'signals.svg';
  link.click();
  URL.revokeObjectURL(link.href);
}
