import type { QueueResult } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import type { ReceiverInfo } from '../../core/index.js';
import { storableText } from '../../integration/index.js';
import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterPage,
  EarlierDeath,
  ResolvedLetter,
} from './dead-letter.js';
import { DeadLetterSearch, type SearchScope } from './dead-letter-search.js';
import { writeDeliveries } from '../engine/delivery-rows.js';
import type { Engine } from '../engine/engine.js';
import { resolvedLetters } from './resolved-letters.js';
import { deliveryIdOf } from '../outbox/event-ids.js';
import type { WakeUps } from '../outbox/wake-ups.js';
import { DEAD_LETTERS } from '../engine/queues.js';
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
  /** The first 1,000 of them. */
  readonly replayed: readonly DeadLetter[];
  readonly replayedCount: number;
  /** Left as they are: there is nothing of that name to replay them to. The first 1,000 of them. */
  readonly homeless: readonly DeadLetter[];
  readonly homelessCount: number;
}

/** Thrown when a replay names dead letters that are not there. */
export class DeadLetterNotFoundError extends Error {
  override readonly name = 'DeadLetterNotFoundError';

  constructor(readonly ids: readonly string[]) {
    super(
      `There is no dead letter ${ids.map(storableText).join(', ')}. Was it replayed or discarded already?`,
    );
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** As many as one transaction takes, so that it stays small. */
const MOST_AT_ONCE = 50;
/** As many as are held at a time. */
const MOST_FOUND = 200;
const MOST_TOLD = 1_000;

/** The deliveries that failed for good. */
export class DeadLetters {
  readonly #search: DeadLetterSearch;

  constructor(
    private readonly engine: Engine,
    private readonly hints: WakeUps,
    private readonly targets: ReplayTargets,
  ) {
    this.#search = new DeadLetterSearch(engine);
  }

  /**
   * The latest first, 1,000 at most; the last one leads to the next page.
   *
   * @throws DeadLetterNotFoundError when the page is to come after something whose id can be none.
   */
  async list(
    filter: DeadLetterFilter = {},
    page: DeadLetterPage = {},
  ): Promise<readonly DeadLetter[]> {
    const { after } = page;
    if (after && !UUID.test(after.id)) throw new DeadLetterNotFoundError([after.id]);
    return this.#search.find(filter, page);
  }

  /** How many there are. */
  count(filter: DeadLetterFilter = {}): Promise<number> {
    return this.#search.count(filter);
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
   * one transaction, so that of many some may be replayed when it fails; what dies meanwhile is left.
   * For another receiver (`to`) it is another delivery of the same event, with an idempotency key of
   * its own.
   *
   * @throws DeadLetterNotFoundError when ids are named and one is not there; nothing is replayed then.
   * @throws ReplayTargetError when `to` cannot take one of them; nothing is replayed then.
   */
  async replay(
    filter: DeadLetterFilter,
    { dryRun = false, to }: ReplayOptions = {},
  ): Promise<ReplayReport> {
    await this.#demand(filter);
    const groups = await this.#search.groups(filter);
    const homes = new Map(
      to === undefined ? [] : groups.map((group) => [group.signal, this.targets.demand(group, to)]),
    );
    const alive = await this.targets.alive();
    const receivers = [
      ...(to === undefined ? alive : new Set(groups.map(({ receiver }) => receiver))),
    ];
    const hasHome = new Set(receivers);
    const expected = groups.filter(
      ({ receiver, isReadable }) => isReadable && hasHome.has(receiver),
    );
    const sum = (list: typeof groups): number => list.reduce((all, { count }) => all + count, 0);
    const elsewhere = { receivers, isElsewhere: true };
    const homeless = await this.#search.find(filter, elsewhere);
    const homelessCount = sum(groups) - sum(expected);
    if (dryRun) {
      const replayed = await this.#search.find(filter, { receivers });
      return { replayed, replayedCount: sum(expected), homeless, homelessCount };
    }
    const queues = new Map(
      (await this.engine.boss.getQueues()).map((queue) => [queue.name, queue]),
    );
    const revive = (dead: DeadLetter, manager: EntityManager): Promise<void> => {
      const home = homes.get(dead.delivery?.signal ?? null);
      return home && home.dispatchUid !== dead.receiver
        ? this.#redirect(dead, manager, home)
        : this.#revive(dead, manager, queues.get(dead.receiver));
    };
    const { told, count } = await this.#each(filter, { receivers }, revive, 'replayed', to);
    return { replayed: told, replayedCount: count, homeless, homelessCount };
  }

  /** Those that were replayed or discarded, the latest first, 200 at most; all, or the ones named. */
  ended(ids?: readonly string[]): Promise<readonly ResolvedLetter[]> {
    return resolvedLetters(this.engine, ids);
  }

  /** The durable receivers of a signal that this process knows: what its letters can be replayed to. */
  targetsOf(signal: string): readonly string[] {
    return this.targets.of(signal).map(({ dispatchUid }) => dispatchUid);
  }

  /**
   * Ends them for good. Later deliveries of the same key, where the receiver has one, go on.
   *
   * @returns the first 1,000 of them.
   * @throws DeadLetterNotFoundError
   */
  async discard(filter: DeadLetterFilter): Promise<readonly DeadLetter[]> {
    await this.#demand(filter);
    const forget = (dead: DeadLetter, manager: EntityManager) => this.#forget(dead, manager);
    return (await this.#each(filter, {}, forget, 'discarded')).told;
  }

  async #demand({ ids }: DeadLetterFilter): Promise<void> {
    const missing = ids ? await this.#search.missing(ids) : [];
    if (missing.length > 0) throw new DeadLetterNotFoundError(missing);
  }

  /** Page by page, those that are dead now. What is done is no dead letter any more. */
  async #each(
    filter: DeadLetterFilter,
    scope: SearchScope,
    work: (dead: DeadLetter, manager: EntityManager) => Promise<void>,
    outcome: EarlierDeath['outcome'],
    to?: string,
  ): Promise<{ readonly told: readonly DeadLetter[]; readonly count: number }> {
    const until = await this.#search.now();
    const told: DeadLetter[] = [];
    let count = 0;
    for (;;) {
      const page = await this.#search.find(filter, { ...scope, until, limit: MOST_FOUND });
      if (page.length === 0) return { told, count };
      for (let from = 0; from < page.length; from += MOST_AT_ONCE) {
        const part = page.slice(from, from + MOST_AT_ONCE);
        const ended = await this.engine.dataSource.transaction(async (manager) => {
          const own: DeadLetter[] = [];
          for (const each of part) {
            if (!(await this.#end(each, manager, outcome, to))) continue;
            await work(each, manager);
            own.push(each);
          }
          return own;
        });
        this.hints.give(new Set(ended.map(({ receiver }) => to ?? receiver)));
        told.push(...ended.slice(0, MOST_TOLD - told.length));
        count += ended.length;
      }
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
    const ended = await this.engine.query<unknown>(
      `WITH ended AS (
         DELETE FROM "${schema}".job
         WHERE name = '${DEAD_LETTERS}' AND id = $1 AND state = 'created'
         RETURNING id
       )
       INSERT INTO "${schema}".replay
         (dead_letter_id, event_id, receiver, reason, attempts, died_at, outcome, replayed_to)
       SELECT id, $2, $3, $4, $5, $6, $7, nullif($8, $3) FROM ended
       RETURNING dead_letter_id`,
      [
        id,
        delivery?.eventId ?? null,
        receiver,
        reason,
        attempts,
        diedAt.toISOString(),
        outcome,
        to ?? null,
      ],
      manager,
    );
    return ended.length > 0;
  }

  /** The failed job itself, as long as the engine still has it; else anew, under the same id. */
  async #revive(
    dead: DeadLetter,
    manager: EntityManager,
    queue: QueueResult | undefined,
  ): Promise<void> {
    const { receiver, delivery, attempts, key, priority, writtenAt: place } = dead;
    if (!delivery) return;
    const { boss } = this.engine;
    const db = this.engine.within(manager);
    const data = { ...delivery, replayOf: dead.id };
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
    const { dispatchUid: receiver } = home;
    const { namesake: _ofTheOld, ...kept } = delivery;
    const data = { ...kept, receiver, replayOf: dead.id };
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
    await this.engine.query(
      `DELETE FROM "${this.engine.schema}".job WHERE name = $1 AND id = $2`,
      [receiver, deliveryIdOf(delivery.eventId, receiver)],
      manager,
    );
  }
}
