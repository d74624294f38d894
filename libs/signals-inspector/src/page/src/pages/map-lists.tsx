import { Link } from '../parts/link.js';
import type { MapLayout } from './map-layout.js';
import { PHASES } from './receiver-card.js';

/** The map as nested lists. */
export function Lists({ layout }: { layout: MapLayout }) {
  const label = (id: string): string => layout.nodes.find((node) => node.id === id)?.label ?? id;
  const next = (id: string) => layout.edges.filter(({ from }) => from === id);
  const senders = (id: string) =>
    layout.edges.filter(({ to }) => to === id).map(({ from }) => label(from));
  return (
    <ul class="nested">
      {layout.nodes
        .filter(({ kind }) => kind === 'signal')
        .map(({ id, label: name }) => (
          <li key={id}>
            <Link to={`signals/${encodeURIComponent(name)}`}>{name}</Link>
            {senders(id).length > 0 && <span class="soft"> from {senders(id).join(', ')}</span>}
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
