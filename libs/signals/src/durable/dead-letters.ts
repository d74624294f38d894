import type { EntityManager } from 'typeorm';
import type { ReceiverInfo } from '../index.js';
import {
  deadLetterOf,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterRow,
  type EarlierDeath,
  type EndedLetter,
} from './dead-letter.js';
import { writeDeliveries } from './delivery-rows.js';
import type { Engine } from './engine.js';
import { endedLetters, lineagesOf } from './ended-letters.js';
import { deliveryIdOf } from './event-ids.js';
import type { Hints } from './hints.js';
import { DEAD_LETTERS } from './queues.js';
import { ReplayTargetError, type ReplayTargets } from './replay-targets.js';

export interface ReplayOptions {
  /** Only tells what would be replayed. Default: false. */
  readonly dryRun?: boolean;
  /**
   * Another durable receiver of the same signal, for letters whose own receiver was renamed or removed.
   * Default: the receiver that each letter died in.
   */
  readonly to?: string;
}

/** What a replay, or a dry run of one, is about. */
export interface ReplayReport {
  readonly replayed: readonly DeadLetter[];
  /** Left as they are: there is nothing of that name to replay them to. */
  readonly homeless: readonly DeadLetter[];
}

/** Thrown when a replay names dead letters that are not there. */
export class DeadLetterNotFoundError extends Error {
  override readonly name = 'DeadLetterNotFoundError';

  constructor(readonly ids: readonly string[]) {
    super(`There is no dead letter ${ids.join(', ')}. Was it replayed or discarded already?`);
  }
}

/** As many as one replay or discard takes, so that its transaction stays small. */
const MOST_AT_ONCE = 50;
const MOST_LISTED = 1_000;

/** The deliveries that failed for good. */
export class DeadLetters {
  constructor(
    private readonly engine: Engine,
    private readonly hints: Hints,
    private readonly targets: ReplayTargets,
  ) {}

  /** The latest first, 1,000 at most. */
  list(filter: DeadLetterFilter = {}): Promise<readonly DeadLetter[]> {
    return this.#find(this.engine.dataSource.manager, filter, `LIMIT ${MOST_LISTED}`);
  }

  /** @throws DeadLetterNotFoundError */
  async show(id: string): Promise<DeadLetter> {
    const [found] = await this.list({ ids: [id] });
    if (!found) throw new DeadLetterNotFoundError([id]);
    return found;
  }

  /**
   * Has the receivers try again, with all their retries. The delivery keeps its id, its event and,
   * where its receiver has a key, its place in the order; the death stays in its lineage. Fifty in
   * one transaction, so that of many some may be replayed when it fails. For another receiver (`to`)
   * it is another delivery of the same event, with an idempotency key of its own.
   *
   * @throws DeadLetterNotFoundError when ids are named and one is not there; nothing is replayed then.
   * @throws ReplayTargetError when `to` cannot take one of them; nothing is replayed then.
   */
  async replay(
    filter: DeadLetterFilter,
    { dryRun = false, to }: ReplayOptions = {},
  ): Promise<ReplayReport> {
    const found = await this.#demand(filter);
    const homes = await this.targets.homesOf(found, to);
    const replayed = found.filter((each) => each.delivery && homes.has(each));
    const homeless = found.filter((each) => !replayed.includes(each));
    if (!dryRun) {
      const revive = (dead: DeadLetter, manager: EntityManager): Promise<void> =>
        this.#revive(dead, manager, homes.get(dead));
      await this.#each(replayed, revive, 'replayed', to);
      this.hints.give(new Set(replayed.map(({ receiver }) => to ?? receiver)));
    }
    return { replayed, homeless };
  }

  /** Those that were replayed or discarded, the latest first, 200 at most; all, or the ones named. */
  ended(ids?: readonly string[]): Promise<readonly EndedLetter[]> {
    return endedLetters(this.engine, ids);
  }

  /** The durable receivers of a signal that this process knows: what its letters can be replayed to. */
  targetsOf(signal: string): readonly string[] {
    return this.targets.of(signal).map(({ dispatchUid }) => dispatchUid);
  }

  /**
   * Ends them for good. Later deliveries of the same key, where the receiver has one, go on.
   *
   * @throws DeadLetterNotFoundError
   */
  async discard(filter: DeadLetterFilter): Promise<readonly DeadLetter[]> {
    const found = await this.#demand(filter);
    await this.#each(found, (dead, manager) => this.#forget(dead, manager), 'discarded');
    this.hints.give(new Set(found.map(({ receiver }) => receiver)));
    return found;
  }

  async #demand(filter: DeadLetterFilter): Promise<readonly DeadLetter[]> {
    const found = await this.#find(this.engine.dataSource.manager, filter, '');
    const missing = filter.ids?.filter((id) => !found.some((dead) => dead.id === id)) ?? [];
    if (missing.length > 0) throw new DeadLetterNotFoundError(missing);
    return found;
  }

  async #find(
    manager: EntityManager,
    { ids, receiver, signal, reason }: DeadLetterFilter,
    limit: string,
  ): Promise<readonly DeadLetter[]> {
    const { schema } = this.engine;
    const rows = await manager.query<DeadLetterRow[]>(
      `SELECT id, data, created_on AS died_at, source_name, source_retry_count, source_output,
              priority, singleton_key, to_char(source_created_on AT TIME ZONE 'UTC',
                'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS written_at
       FROM "${schema}".job
       WHERE name = '${DEAD_LETTERS}' AND state = 'created'
         AND ($1::text[] IS NULL OR id::text = ANY ($1))
         AND ($2::text IS NULL OR coalesce(source_name, data->>'receiver') = $2)
         AND ($3::text IS NULL OR data->>'signal' = $3)
       ORDER BY created_on DESC, id ${limit}`,
      [ids ?? null, receiver ?? null, signal ?? null],
    );
    const lineages = await lineagesOf(this.engine, manager, rows.map(keyOf));
    const wanted = reason?.toLowerCase();
    return rows
      .map((row) => deadLetterOf(row, lineages.get(keyOf(row)) ?? []))
      .filter((dead) => wanted === undefined || dead.reason.toLowerCase().includes(wanted));
  }

  async #each(
    dead: readonly DeadLetter[],
    work: (dead: DeadLetter, manager: EntityManager) => Promise<void>,
    outcome: EarlierDeath['outcome'],
    to?: string,
  ): Promise<void> {
    for (let from = 0; from < dead.length; from += MOST_AT_ONCE) {
      await this.engine.dataSource.transaction(async (manager) => {
        for (const each of dead.slice(from, from + MOST_AT_ONCE)) {
          if (await this.#end(each, manager, outcome, to)) await work(each, manager);
        }
      });
    }
  }

  /** Answers whether this call ended it, and not somebody who did the same beside it. */
  async #end(
    { id, delivery, receiver, reason, attempts, diedAt }: DeadLetter,
    manager: EntityManager,
    outcome: EarlierDeath['outcome'],
    to: string | undefined,
  ): Promise<boolean> {
    const { schema } = this.engine;
    const ended = await manager.query<unknown[]>(
      `WITH ended AS (
         DELETE FROM "${schema}".job
         WHERE name = '${DEAD_LETTERS}' AND id = $1 AND state = 'created'
         RETURNING id
       )
       INSERT INTO "${schema}".replay
         (dead_letter_id, event_id, receiver, reason, attempts, died_at, outcome, replayed_to)
       SELECT id, $2, $3, $4, $5, $6, $7, nullif($8, $3) FROM ended
       RETURNING dead_letter_id`,
      [id, delivery?.eventId ?? null, receiver, reason, attempts, diedAt, outcome, to ?? null],
    );
    return ended.length > 0;
  }

  /** The failed job itself, as long as the engine still has it; else anew, under the same id. */
  async #revive(
    dead: DeadLetter,
    manager: EntityManager,
    home: ReceiverInfo | undefined,
  ): Promise<void> {
    const { receiver, delivery, attempts, key, priority, writtenAt: place } = dead;
    if (!delivery) return;
    if (home && home.dispatchUid !== receiver) return this.#redirect(dead, manager, home);
    const { boss } = this.engine;
    const db = this.engine.within(manager);
    const data = { ...delivery, replayOf: dead.id };
    const queue = await boss.getQueue(receiver);
    const id = deliveryIdOf(delivery.eventId, receiver);
    await boss.retry(receiver, id, { db });
    const { updated } = await boss.update(receiver, data, {
      id,
      retryLimit: attempts + (queue?.retryLimit ?? 0),
      ...(queue && { deleteAfterSeconds: queue.deleteAfterSeconds }),
      db,
    });
    if (updated > 0) return;
    await writeDeliveries(this.engine, manager, [{ id, receiver, data, key, priority, place }]);
  }

  /** Another delivery of the same event. The old one is as good as discarded. */
  async #redirect(dead: DeadLetter, manager: EntityManager, home: ReceiverInfo): Promise<void> {
    const { delivery, priority, writtenAt: place } = dead;
    if (!delivery) return;
    const { dispatchUid: receiver, sender: sentTo } = home;
    const data = { ...delivery, receiver, sentTo, replayOf: dead.id };
    const id = deliveryIdOf(delivery.eventId, receiver);
    const key = home.durable?.isOrdered ? dead.key : undefined;
    const row = { id, receiver, data, key, priority, place };
    const written = await writeDeliveries(this.engine, manager, [row]);
    if (written.size === 0) {
      throw new ReplayTargetError(`'${receiver}' has a delivery of this event already: ${id}.`);
    }
    await this.#forget(dead, manager);
  }

  /** In SQL: the engine refuses to delete from a queue that no receiver has any more. */
  async #forget({ receiver, delivery }: DeadLetter, manager: EntityManager): Promise<void> {
    if (!delivery) return;
    await manager.query(`DELETE FROM "${this.engine.schema}".job WHERE name = $1 AND id = $2`, [
      receiver,
      deliveryIdOf(delivery.eventId, receiver),
    ]);
  }
}

function keyOf({ data, source_name: source }: DeadLetterRow): string {
  const { eventId, receiver } = (data ?? {}) as { eventId?: string; receiver?: string };
  return eventId ? `${eventId}:${source ?? receiver ?? ''}` : '';
}
