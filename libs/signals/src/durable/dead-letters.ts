import type { EntityManager } from 'typeorm';
import {
  deadLetterOf,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterRow,
  type EarlierDeath,
} from './dead-letter.js';
import { writeDeliveries } from './delivery-rows.js';
import type { Engine } from './engine.js';
import { deliveryIdOf } from './event-ids.js';
import type { Hints } from './hints.js';
import { DEAD_LETTERS } from './queues.js';

export interface ReplayOptions {
  /** Only tells what would be replayed. Default: false. */
  readonly dryRun?: boolean;
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
    private readonly exists: (dispatchUid: string) => Promise<boolean>,
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
   * one transaction, so that of many some may be replayed when it fails.
   *
   * @throws DeadLetterNotFoundError when ids are named and one is not there; nothing is replayed then.
   */
  async replay(filter: DeadLetterFilter, options: ReplayOptions = {}): Promise<ReplayReport> {
    const found = await this.#demand(filter);
    const homes = new Map<string, boolean>();
    for (const { receiver } of found) {
      if (!homes.has(receiver)) homes.set(receiver, await this.exists(receiver));
    }
    const replayed = found.filter((each) => each.delivery && homes.get(each.receiver));
    const homeless = found.filter((each) => !replayed.includes(each));
    if (!options.dryRun) {
      await this.#each(replayed, (dead, manager) => this.#revive(dead, manager), 'replayed');
      this.hints.give(new Set(replayed.map(({ receiver }) => receiver)));
    }
    return { replayed, homeless };
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
    const lineages = await this.#lineages(manager, rows);
    const wanted = reason?.toLowerCase();
    return rows
      .map((row) => deadLetterOf(row, lineages.get(keyOf(row)) ?? []))
      .filter((dead) => wanted === undefined || dead.reason.toLowerCase().includes(wanted));
  }

  async #lineages(
    manager: EntityManager,
    rows: readonly DeadLetterRow[],
  ): Promise<ReadonlyMap<string, readonly EarlierDeath[]>> {
    const keys = rows.map(keyOf).filter((key) => key !== '');
    const deaths = await manager.query<(EarlierDeath & { readonly key: string })[]>(
      `SELECT dead_letter_id AS id, reason, attempts, outcome, event_id || ':' || receiver AS key,
              died_at AS "diedAt", ended_at AS "endedAt"
       FROM "${this.engine.schema}".replay
       WHERE event_id || ':' || receiver = ANY ($1)
       ORDER BY ended_at DESC`,
      [keys],
    );
    const lineages = new Map<string, EarlierDeath[]>();
    for (const { key, ...death } of deaths) {
      lineages.set(key, [...(lineages.get(key) ?? []), death]);
    }
    return lineages;
  }

  async #each(
    dead: readonly DeadLetter[],
    work: (dead: DeadLetter, manager: EntityManager) => Promise<void>,
    outcome: EarlierDeath['outcome'],
  ): Promise<void> {
    for (let from = 0; from < dead.length; from += MOST_AT_ONCE) {
      await this.engine.dataSource.transaction(async (manager) => {
        for (const each of dead.slice(from, from + MOST_AT_ONCE)) {
          if (await this.#end(each, manager, outcome)) await work(each, manager);
        }
      });
    }
  }

  /** Answers whether this call ended it, and not somebody who did the same beside it. */
  async #end(
    { id, delivery, receiver, reason, attempts, diedAt }: DeadLetter,
    manager: EntityManager,
    outcome: EarlierDeath['outcome'],
  ): Promise<boolean> {
    const { schema } = this.engine;
    const ended = await manager.query<unknown[]>(
      `WITH ended AS (
         DELETE FROM "${schema}".job
         WHERE name = '${DEAD_LETTERS}' AND id = $1 AND state = 'created'
         RETURNING id
       )
       INSERT INTO "${schema}".replay
         (dead_letter_id, event_id, receiver, reason, attempts, died_at, outcome)
       SELECT id, $2, $3, $4, $5, $6, $7 FROM ended
       RETURNING dead_letter_id`,
      [id, delivery?.eventId ?? null, receiver, reason, attempts, diedAt, outcome],
    );
    return ended.length > 0;
  }

  /** The failed job itself, as long as the engine still has it; else anew, under the same id. */
  async #revive(dead: DeadLetter, manager: EntityManager): Promise<void> {
    const { receiver, delivery, attempts, key, priority, writtenAt: place } = dead;
    if (!delivery) return;
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

  async #forget({ receiver, delivery }: DeadLetter, manager: EntityManager): Promise<void> {
    if (!delivery) return;
    await this.engine.boss.deleteJob(receiver, deliveryIdOf(delivery.eventId, receiver), {
      db: this.engine.within(manager),
    });
  }
}

function keyOf({ data, source_name: source }: DeadLetterRow): string {
  const { eventId, receiver } = (data ?? {}) as { eventId?: string; receiver?: string };
  return eventId ? `${eventId}:${source ?? receiver ?? ''}` : '';
}
