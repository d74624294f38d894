import { useEffect, useRef, useState } from 'preact/hooks';
import type { Traces } from '../traces.js';
import { edgeKey, type MapLayout } from './map-layout.js';

const MOST_TOLD = 5_000;
const NONE: ReadonlyMap<string, number> = new Map();

/** Counts how often each edge is used, as long as somebody watches. */
export function usePulses(
  traces: Traces,
  layout: MapLayout | undefined,
  isWatching: boolean,
): ReadonlyMap<string, number> {
  const [pulses, setPulses] = useState(NONE);
  // A trace is told of several times while it grows.
  const told = useRef(new Set<string>());
  useEffect(() => {
    if (!layout || !isWatching) return;
    const labels = new Map(layout.nodes.map(({ id, label }) => [id, label]));
    return traces.follow((changed) => {
      const used = changed.flatMap(({ id, names }) => {
        const isNamed = (node: string): boolean => names.includes(labels.get(node) ?? '');
        return layout.edges
          .filter((edge) => isNamed(edge.from) && isNamed(edge.to))
          .map((edge) => ({ key: edgeKey(edge), once: `${id} ${edgeKey(edge)}` }));
      });
      const fresh = used.filter(({ once }) => !told.current.has(once));
      if (fresh.length === 0) return;
      if (told.current.size > MOST_TOLD) told.current.clear();
      for (const { once } of fresh) told.current.add(once);
      setPulses((counts) => {
        const next = new Map(counts);
        for (const { key } of fresh) next.set(key, (next.get(key) ?? 0) + 1);
        return next;
      });
    });
  }, [traces, layout, isWatching]);
  return isWatching ? pulses : NONE;
}
