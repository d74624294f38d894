import { deliveryIdOf } from '../outbox/event-ids.js';
import { readDelivery, type StoredDelivery } from '../outbox/stored-delivery.js';

/** A delivery that failed for good, and waits for somebody to replay or discard it. */
export interface DeadLetter {
  readonly id: string;
  /** The `dispatchUid` of the receiver. */
  readonly receiver: string;
  /** What was to be delivered; undefined when it cannot be read. */
  readonly delivery: StoredDelivery | undefined;
  /** The id of the delivery, which every attempt has among its facts. */
  readonly deliveryId: string | undefined;
  readonly diedAt: Date;
  /** How often it was tried. */
  readonly attempts: number;
  /** The last failure, in one line. */
  readonly reason: string;
  /** The last failure as it was kept, with its stack where it had one. */
  readonly error: unknown;
  /** The key of the delivery, where its receiver has one. */
  readonly key: string | undefined;
  readonly priority: number;
  /** ISO 8601, to the microsecond, by the clock of the database: its place in the order. */
  readonly writtenAt: string;
  /** The earlier deaths of the same delivery, the latest first. */
  readonly lineage: readonly EarlierDeath[];
}

/** A dead letter that is none any more. */
export interface EarlierDeath {
  readonly id: string;
  /** Whose it was. */
  readonly receiver: string;
  readonly reason: string;
  readonly attempts: number;
  readonly diedAt: Date;
  readonly endedAt: Date;
  readonly outcome: 'replayed' | 'discarded';
  /** The receiver that it was replayed to, where that is another one. */
  readonly replayedTo: string | undefined;
}

/** A dead letter that was replayed or discarded, and what has become of its delivery since. */
export interface ResolvedLetter extends EarlierDeath {
  /** Undefined for what could not be read. */
  readonly deliveryId: string | undefined;
  /** `gone`: discarded, or done more than seven days ago. */
  readonly now: 'waiting' | 'retrying' | 'active' | 'done' | 'dead' | 'gone';
  /** The dead letter that its delivery is now. */
  readonly deadLetter: string | undefined;
}

/** Which dead letters: those that fit everything that is named. Empty: all. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[];
  readonly receiver?: string;
  readonly signal?: string;
  /** A part of the reason, whatever its case. */
  readonly reason?: string;
}

/** Which part of a list: as many letters as `limit` says, 1,000 at most, that come after one of them. */
export interface DeadLetterPage {
  readonly limit?: number;
  /** The last letter of the page before, also when it has been replayed or discarded since. */
  readonly after?: Pick<DeadLetter, 'id' | 'diedAt'>;
}

/** A row of the engine's queue of dead letters; `source` is the job that failed. */
export interface DeadLetterRow {
  readonly id: string;
  readonly data: unknown;
  readonly died_at: string;
  readonly source_name: string | null;
  /** Null for what nobody has tried. */
  readonly source_retry_count: number | null;
  readonly source_output: unknown;
  readonly reason: string;
  readonly written_at: string;
  readonly singleton_key: string | null;
  readonly priority: number;
}

export function deadLetterOf(row: DeadLetterRow, lineage: readonly EarlierDeath[]): DeadLetter {
  const { id, data, source_output: error } = row;
  const delivery = readable(data);
  const receiver = row.source_name ?? delivery?.receiver ?? 'unknown';
  return {
    id,
    receiver,
    delivery,
    deliveryId: delivery && deliveryIdOf(delivery.eventId, receiver),
    diedAt: new Date(row.died_at),
    attempts: row.source_retry_count === null ? 0 : row.source_retry_count + 1,
    reason: row.reason,
    error,
    key: row.singleton_key ?? undefined,
    priority: row.priority,
    writtenAt: row.written_at,
    lineage,
  };
}

function readable(data: unknown): StoredDelivery | undefined {
  try {
    return readDelivery(data);
  } catch {
    return undefined;
  }
}
