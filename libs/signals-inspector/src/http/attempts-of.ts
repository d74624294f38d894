import type { Trace } from '../recorder/trace.js';

/** One attempt at a delivery. Times are in milliseconds. */
interface Attempt {
  /** The trace of its job. */
  readonly trace: string;
  readonly attempt: number;
  readonly startedAt: number;
  /** Undefined while it goes on. */
  readonly duration: number | undefined;
  readonly outcome: string;
  /** What it failed with, in one line. */
  readonly error: string | undefined;
}

/** The attempts at a delivery whose traces this process still keeps, the first one first. */
export function attemptsOf(
  deliveryId: string | undefined,
  traces: readonly Trace[],
  seesValues: boolean,
): readonly Attempt[] {
  if (deliveryId === undefined) return [];
  const attempts = traces.flatMap((trace): readonly Attempt[] => {
    const { id, entry, facts, startedAt, duration, spans } = trace;
    if (entry !== 'job' || facts['deliveryId'] !== deliveryId) return [];
    const { attempt } = facts;
    const [{ outcome, error } = { outcome: 'running', error: undefined }] = spans;
    return [
      {
        trace: id,
        attempt: typeof attempt === 'number' ? attempt : 1,
        startedAt,
        duration,
        outcome,
        error: seesValues ? error?.message.split('\n', 1)[0] : undefined,
      },
    ];
  });
  return attempts.toSorted((one, other) => one.startedAt - other.startedAt);
}
