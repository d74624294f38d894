import type { Engine } from '../engine/engine.js';

/** What all processes together know of receivers: which exist anywhere, and which are paused. */
export class ReceiverHeartbeats {
  readonly #table: string;

  constructor(
    private readonly engine: Engine,
    /** A receiver that no process has known for so many milliseconds is gone. */
    readonly grace: number,
  ) {
    this.#table = `"${engine.schema}".receiver`;
  }

  /** Says that a process with these receivers is alive. */
  async beat(dispatchUids: readonly string[]): Promise<void> {
    await this.engine.query(
      `INSERT INTO ${this.#table} (dispatch_uid)
       SELECT unnest($1::text[]) ORDER BY 1
       ON CONFLICT (dispatch_uid) DO UPDATE SET seen_at = now()`,
      [dispatchUids],
    );
  }

  async pause(dispatchUid: string, isPaused: boolean): Promise<void> {
    await this.engine.query(
      `INSERT INTO ${this.#table} (dispatch_uid, paused_at)
       VALUES ($1, CASE WHEN $2 THEN now() END)
       ON CONFLICT (dispatch_uid) DO UPDATE
         SET paused_at = CASE WHEN $2 THEN coalesce(receiver.paused_at, now()) END`,
      [dispatchUid, isPaused],
    );
  }

  async paused(): Promise<ReadonlySet<string>> {
    const rows = await this.engine.query<{ dispatch_uid: string }>(
      `SELECT dispatch_uid FROM ${this.#table} WHERE paused_at IS NOT NULL`,
    );
    return new Set(rows.map(({ dispatch_uid }) => dispatch_uid));
  }

  /** The receivers that some process has known lately. */
  async alive(): Promise<ReadonlySet<string>> {
    const rows = await this.engine.query<{ dispatch_uid: string }>(
      `SELECT dispatch_uid FROM ${this.#table} WHERE seen_at > now() - $1 * interval '1 ms'`,
      [this.grace],
    );
    return new Set(rows.map(({ dispatch_uid }) => dispatch_uid));
  }
}
