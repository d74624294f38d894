import type { Maker } from './metric-maker.js';

/** What was recorded and is kept no longer, or found no place, since the start. */
export interface DroppedRecords {
  readonly traces: number;
  readonly spans: number;
}

/** Who records in bounded memory: `Inspector` of `nestjs-signals-inspector`. */
export interface RecordKeeper {
  readonly dropped: DroppedRecords;
}

const KINDS = ['traces', 'spans'] as const;

/**
 * Makes a counter of what an inspector let go, which is asked when it is scraped.
 *
 * @param keeper answers it once the application has started.
 */
export function countDropped(maker: Maker, keeper: () => RecordKeeper): void {
  const told = { traces: 0, spans: 0 };
  const counter = maker.counter(
    'signals_inspector_dropped_total',
    'Traces that the inspector kept no longer, and spans that had no place in theirs.',
    ['kind'],
    () => {
      const { dropped } = keeper();
      for (const kind of KINDS) {
        // An inspector that is closed has dropped nothing any more.
        counter.inc({ kind }, Math.max(0, dropped[kind] - told[kind]));
        told[kind] = Math.max(told[kind], dropped[kind]);
      }
    },
  );
}
