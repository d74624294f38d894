import type { Engine } from './engine.js';
import { isoText } from './iso-text.js';
import { reasonIn } from '../worker/failure-reason.js';
import { DEAD_LETTERS } from './queues.js';

/**
 * `delayed`: not due yet; `waiting`: due, and never tried; `retrying`: failed, and to be tried again;
 * `active`: a worker is at it.
 */
export type PendingState = 'delayed' | 'waiting' | 'retrying' | 'active';

/** A delivery that is not done. */
export interface PendingDelivery {
  readonly id: string;
  /** The `dispatchUid` of the receiver. */
  readonly receiver: string;
  readonly signal: string | undefined;
  readonly carrier: Readonly<Record<string, string>>;
  /** How often it has failed. */
  readonly attempts: number;
  /** Of the last failure, in one line. */
  readonly reason: string | undefined;
  readonly writtenAt: Date;
  readonly dueAt: Date;
  /** When the last attempt began; undefined before the first. */
  readonly startedAt: Date | undefined;
}

const MOST = 200;

const CONDITIONS: Readonly<Record<PendingState, string>> = {
  delayed: "state = 'created' AND start_after > now()",
  waiting: "state = 'created' AND start_after <= now()",
  retrying: "state = 'retry'",
  active: "state = 'active'",
};

interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly signal: string | null;
  readonly carrier: Readonly<Record<string, string>> | null;
  readonly retry_count: number;
  readonly reason: string | null;
  readonly created_on: string;
  readonly start_after: string;
  readonly started_on: string | null;
}

export async function pendingDeliveries(
  engine: Engine,
  state: PendingState,
): Promise<readonly PendingDelivery[]> {
  const rows = await engine.query<JobRow>(
    `SELECT id, name, data->>'signal' AS signal, data->'carrier' AS carrier, retry_count,
            CASE WHEN output IS NOT NULL THEN ${reasonIn('output')} END AS reason,
            ${isoText('created_on')} AS created_on, ${isoText('start_after')} AS start_after,
            ${isoText('started_on')} AS started_on
     FROM "${engine.schema}".job
     WHERE state <= 'active' AND NOT blocked AND name <> '${DEAD_LETTERS}'
       AND NOT starts_with(name, '__pgboss__') AND ${CONDITIONS[state]}
     ORDER BY job.start_after LIMIT ${MOST}`,
  );
  return rows.map((row) => ({
    id: row.id,
    receiver: row.name,
    signal: row.signal ?? undefined,
    carrier: row.carrier ?? {},
    attempts: state === 'retrying' ? row.retry_count + 1 : row.retry_count,
    reason: row.reason ?? undefined,
    writtenAt: new Date(row.created_on),
    dueAt: new Date(row.start_after),
    startedAt: row.started_on === null ? undefined : new Date(row.started_on),
  }));
}
