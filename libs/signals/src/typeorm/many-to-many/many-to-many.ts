import { DataSource, type EntityManager, type ObjectLiteral } from 'typeorm';
import { attachedSignals, isAttached, type AttachedSignals } from '../attached-signals.js';
import { currentManager } from '../transactions/atomic.js';
import { dataSourceOf } from '../internals.js';
import { keyOf, JoinRows } from './join-rows.js';
import { findTransaction } from '../transactions/find-transaction.js';
import { m2mChanged, type M2mAction } from './m2m-changed.js';

/** Thrown when the relation helper is used on a data source to which no signals are attached. */
export class NotAttachedError extends Error {
  override readonly name = 'NotAttachedError';

  constructor() {
    super('This data source has no signals attached: use typeOrmSignals() as an integration.');
  }
}

/** What a relation property holds: `Tag` for `tags: Tag[]`. */
export type MemberOf<R> = R extends readonly (infer M)[] ? M : never;

export interface SetOptions {
  /** Unlinks everything first instead of the difference, with the clear pair of signals. */
  readonly clear?: boolean;
}

/**
 * The links of an instance through one of its many-to-many properties, from either side. Every
 * method runs in one transaction, a savepoint inside another one, and sends `m2mChanged` in it: a
 * failing receiver undoes the change. Members may be entities or ids.
 *
 * ```ts
 * await manyToMany(dataSource, post, 'tags').add(news, sports.id);
 * ```
 *
 * @param where a manager, or the data source, whose ambient transaction is then found.
 * @throws NotManyToManyError, NotAttachedError
 */
export function manyToMany<E extends ObjectLiteral, P extends keyof E & string>(
  where: EntityManager | DataSource,
  instance: E,
  property: P,
): RelatedMembers<MemberOf<E[P]>> {
  const manager = where instanceof DataSource ? currentManager(where) : where;
  const dataSource = dataSourceOf(manager);
  const attached = attachedSignals(dataSource);
  if (attached.length === 0) throw new NotAttachedError();
  const metadata = dataSource.getMetadata(instance.constructor);
  return new RelatedMembers(
    manager,
    attached,
    instance,
    new JoinRows(metadata, property, instance),
  );
}

/** See {@link manyToMany}. */
export class RelatedMembers<M> {
  readonly #manager: EntityManager;
  readonly #attached: readonly AttachedSignals[];
  readonly #instance: ObjectLiteral;
  readonly #links: JoinRows;

  constructor(
    manager: EntityManager,
    attached: readonly AttachedSignals[],
    instance: ObjectLiteral,
    links: JoinRows,
  ) {
    this.#manager = manager;
    this.#attached = attached;
    this.#instance = instance;
    this.#links = links;
  }

  /** Links what is not linked yet. An existing link is no error; nothing to link still tells so. */
  add(...members: readonly (M | string | number)[]): Promise<void> {
    const ids = this.#links.idsOf(members);
    return this.#unlessEmpty(ids, (manager) => this.#add(manager, ids));
  }

  /** Unlinks; what was not linked is no error. */
  remove(...members: readonly (M | string | number)[]): Promise<void> {
    const ids = this.#links.idsOf(members);
    return this.#unlessEmpty(ids, (manager) => this.#remove(manager, ids));
  }

  /** Unlinks everything. Sent also when nothing is linked. */
  clear(): Promise<void> {
    return inLevel(this.#manager, (manager) => this.#clear(manager));
  }

  /** Makes these the members: removes the others, then adds the missing ones. */
  set(members: readonly (M | string | number)[], options: SetOptions = {}): Promise<void> {
    const ids = this.#links.idsOf(members);
    return inLevel(this.#manager, async (manager) => {
      if (options.clear) {
        await this.#clear(manager);
        if (ids.length > 0) await this.#add(manager, ids);
        return;
      }
      const linked = await this.#links.linked(manager);
      const superfluous = without(linked, ids);
      const missing = without(ids, linked);
      if (superfluous.length > 0) await this.#remove(manager, superfluous);
      if (missing.length > 0) await this.#add(manager, missing);
    });
  }

  async #add(manager: EntityManager, ids: readonly unknown[]): Promise<void> {
    const missing = without(ids, await this.#links.linked(manager, ids));
    await this.#send(manager, 'preAdd', missing, []);
    const inserted = missing.length > 0 ? await this.#links.insert(manager, missing) : [];
    await this.#send(manager, 'postAdd', inserted, []);
  }

  async #remove(manager: EntityManager, ids: readonly unknown[]): Promise<void> {
    await this.#send(manager, 'preRemove', ids, await this.#links.linked(manager, ids));
    const removed = await this.#links.delete(manager, ids);
    await this.#send(manager, 'postRemove', ids, removed);
  }

  async #clear(manager: EntityManager): Promise<void> {
    await this.#send(manager, 'preClear', null, await this.#links.linked(manager));
    const removed = await this.#links.delete(manager);
    await this.#send(manager, 'postClear', null, removed);
  }

  async #unlessEmpty(
    ids: readonly unknown[],
    work: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    if (ids.length > 0) await inLevel(this.#manager, work);
  }

  async #send(
    manager: EntityManager,
    action: M2mAction,
    ids: readonly unknown[] | null,
    removed: readonly unknown[],
  ): Promise<void> {
    const { id, owner, reverse, far } = this.#links;
    const payload = {
      action,
      relation: owner.propertyName,
      instance: this.#instance,
      id,
      reverse,
      model: far.target,
      ids: ids && Object.freeze([...ids]),
      removed: Object.freeze([...removed]),
    };
    const sender = owner.entityMetadata.target;
    for (const attached of this.#attached) {
      const { signals, using } = attached;
      if (!isAttached(dataSourceOf(manager), attached)) continue;
      await signals.send(m2mChanged, { ...payload, using }, { sender, manager });
    }
  }
}

function without(ids: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  const keys = new Set(others.map(keyOf));
  return ids.filter((id) => !keys.has(keyOf(id)));
}

/** In a savepoint of the manager's transaction, which refuses parallel ones, or in a transaction. */
async function inLevel(
  manager: EntityManager,
  work: (manager: EntityManager) => Promise<void>,
): Promise<void> {
  const transaction = findTransaction(manager);
  if (!transaction) return manager.transaction(work);
  return transaction.savepoint(() => work(transaction.manager));
}
