import type { EntityManager } from 'typeorm';
import type { Engine } from '../engine/engine.js';
import type { RunnerDatabase } from '../engine/engine-database.js';
import { DEAD_LETTERS } from '../engine/queues.js';

/** What is known of an effect when an attempt at it begins. */
export type EffectState = 'new' | 'failed' | 'unknown' | 'done';

/** Longer than any done delivery is kept, by far. */
const KEPT_DAYS = 90;
/** What one statement deletes: it holds its locks, and a connection, as long as that takes. */
const SWEPT_AT_ONCE = 10_000;

interface EffectRow {
  readonly was: 'sending' | 'failed' | 'done' | null;
}

/**
 * Who has done what for which event: one row for each event and receiver, so that a second delivery
 * of the same event, as by a replay, finds out that there is nothing left to do.
 */
export class Inbox {
  readonly #table: string;

  constructor(private readonly engine: Engine) {
    this.#table = `"${engine.schema}".effect`;
  }

  /**
   * Notes effects that are about to happen in this very transaction, and in the same statement lets
   * the server end it should this process hang.
   *
   * @param bound milliseconds.
   * @returns the events whose effect is new; a transaction that does the same waits for this one.
   */
  async claim(
    transaction: RunnerDatabase,
    receiver: string,
    eventIds: readonly string[],
    bound: number,
  ): Promise<ReadonlySet<string>> {
    const { rows } = await transaction.executeSql(
      `INSERT INTO ${this.#table} (event_id, receiver, state)
       SELECT event_id, $2, 'done' FROM unnest($1::uuid[]) AS event_id
       ON CONFLICT DO NOTHING
       RETURNING event_id, CASE
         WHEN current_setting('transaction_timeout', true) IS NULL
         THEN set_config('idle_in_transaction_session_timeout', $3, true)
         ELSE set_config('transaction_timeout', $3, true)
       END`,
      [eventIds, receiver, String(bound)],
    );
    return new Set((rows as { event_id: string }[]).map(({ event_id }) => event_id));
  }

  /** Notes, at once, that an external effect is about to be tried, and tells what was known of it. */
  async begin(receiver: string, eventId: string): Promise<EffectState> {
    const [row] = await this.engine.query<EffectRow>(
      `WITH known AS (
         SELECT state FROM ${this.#table} WHERE event_id = $1 AND receiver = $2
       ), noted AS (
         INSERT INTO ${this.#table} AS effect (event_id, receiver, state)
         VALUES ($1, $2, 'sending')
         ON CONFLICT (event_id, receiver) DO UPDATE SET state = 'sending', at = now()
           WHERE effect.state <> 'done'
       )
       SELECT (SELECT state FROM known) AS was`,
      [eventId, receiver],
    );
    if (!row || row.was === null) return 'new';
    return row.was === 'sending' ? 'unknown' : row.was;
  }

  /** @param manager of the transaction that the end belongs to, where there is one. */
  async end(
    receiver: string,
    eventId: string,
    state: 'done' | 'failed',
    manager?: EntityManager,
  ): Promise<void> {
    await this.engine.query(
      `UPDATE ${this.#table} SET state = $3, at = now()
       WHERE event_id = $1 AND receiver = $2 AND state <> 'done'`,
      [eventId, receiver, state],
      manager,
    );
  }

  /**
   * Forgets what is old, whatever became of it, unless a delivery or a dead letter of the same event is
   * still there: that may be tried again, by its receiver or, replayed, by another one. Part by part,
   * each by itself, until nothing is left or `signal` aborts.
   */
  async sweep(signal: AbortSignal): Promise<void> {
    const { schema } = this.engine;
    for (let swept = SWEPT_AT_ONCE; swept === SWEPT_AT_ONCE && !signal.aborted;) {
      // A delivery is as old as its event, and a dead letter as its death.
      const [row] = await this.engine.query<{ swept: number }>(
        `WITH swept AS (
           DELETE FROM ${this.#table} WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM ${this.#table} AS effect
             WHERE at < now() - $1 * interval '1 day' AND NOT EXISTS (
               SELECT FROM "${schema}".job
               WHERE data->>'eventId' = effect.event_id::text
                 AND (created_on < now() - $1 * interval '1 day' OR name = '${DEAD_LETTERS}')
             ) LIMIT $2
           )) RETURNING 1
         ) SELECT count(*)::integer AS swept FROM swept`,
        [KEPT_DAYS, SWEPT_AT_ONCE],
      );
      swept = row?.swept ?? 0;
    }
  }
}
