import type {
  EntityMetadata,
  EntitySubscriberInterface,
  InsertEvent,
  ObjectLiteral,
  QueryRunner,
  RemoveEvent,
} from 'typeorm';
import { isAttached, type AttachedSignals } from '../attached-signals.js';
import { dataSourceOf, type RelationMetadata } from '../internals.js';
import { currentOperation, duringOperation } from '../models/instance-operation.js';
import type { InstanceOperation } from '../transactions/ambient-store.js';
import { distinct, idFrom, keyOf } from './join-rows.js';
import { m2mChanged, type M2mAction, type M2mChanged } from './m2m-changed.js';
import { inTurn } from '../models/runner-queue.js';
import { adminOf } from '../../core/index.js';

interface JunctionEvent {
  readonly metadata: EntityMetadata;
  readonly queryRunner: QueryRunner;
}

/** Links of one instance that change by one action in one flush of a save. */
interface Group {
  readonly id: unknown;
  readonly ids: unknown[];
}

/**
 * Sends `m2mChanged` for what TypeORM tells of join rows that a plain `save` writes, grouped by
 * instance: `postAdd`, `preRemove` and `postRemove`. There is no `preAdd`, because the event before
 * an insert has no ids, and no clear. The relation query builder tells of `postAdd` only.
 */
export class LinkSignalsSubscriber implements EntitySubscriberInterface {
  readonly #attached: AttachedSignals;
  /** By the call that changes links, or by the connection where there is no such call. */
  readonly #groups = new WeakMap<object, Map<string, Group>>();

  constructor(attached: AttachedSignals) {
    this.#attached = attached;
  }

  afterInsert(event: InsertEvent<ObjectLiteral>): Promise<void> | undefined {
    const row: unknown = (event as { entityId?: unknown }).entityId ?? event.entity;
    return this.#collect('postAdd', event, row);
  }

  beforeRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#collect('preRemove', event, event.entityId);
  }

  afterRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.#collect('postRemove', event, event.entityId);
  }

  #collect(action: M2mAction, event: JunctionEvent, row: unknown): Promise<void> | undefined {
    const { metadata, queryRunner } = event;
    if (metadata.tableType !== 'junction' || typeof row !== 'object' || !row) return undefined;
    const owner = owningRelation(metadata);
    const sender = owner?.entityMetadata.target;
    if (!owner || !sender || !adminOf(this.#attached.signals).hasReceivers(m2mChanged, sender)) {
      return undefined;
    }
    const operation = currentOperation();
    if (operation && operation.name !== 'save') return undefined;
    const side = sideOf(owner, metadata, operation);
    const id = idFrom(side.near, row, 'propertyName');
    const key = JSON.stringify([action, metadata.tableName, keyOf(id)]);
    const groups = this.#groupsOf(operation ?? queryRunner);
    const far = idFrom(side.far, row, 'propertyName');
    const standing = groups.get(key);
    if (standing) {
      standing.ids.push(far);
      return undefined;
    }
    const group = { id, ids: [far] };
    groups.set(key, group);
    const sent = inTurn(queryRunner, operation, () => {
      groups.delete(key);
      if (!isAttached(dataSourceOf(queryRunner), this.#attached)) return Promise.resolve();
      return this.#send(action, owner, side, group, operation, queryRunner);
    });
    sent.catch(() => {});
    return sent;
  }

  #send(
    action: M2mAction,
    owner: RelationMetadata,
    side: Side,
    { id, ids }: Group,
    operation: InstanceOperation | undefined,
    { manager }: QueryRunner,
  ): Promise<unknown> {
    const { signals, using } = this.#attached;
    const frozen = Object.freeze([...distinct(ids)]);
    const payload: M2mChanged<never> = {
      action,
      relation: owner.propertyName,
      instance: instanceAmong(operation, side.metadata, id) as never,
      id,
      reverse: side.reverse,
      model: side.model,
      ids: frozen,
      removed: action === 'postAdd' ? [] : frozen,
      using,
    };
    return duringOperation(undefined, () =>
      signals.send(m2mChanged, payload, { sender: owner.entityMetadata.target, manager }),
    );
  }

  #groupsOf(owner: object): Map<string, Group> {
    let groups = this.#groups.get(owner);
    if (!groups) this.#groups.set(owner, (groups = new Map()));
    return groups;
  }
}

interface Side {
  readonly reverse: boolean;
  readonly metadata: EntityMetadata;
  readonly model: Function | string;
  readonly near: EntityMetadata['ownerColumns'];
  readonly far: EntityMetadata['ownerColumns'];
}

/** From which side the links change: the inverse one when the saved instances are all on it. */
function sideOf(
  owner: RelationMetadata,
  junction: EntityMetadata,
  operation: InstanceOperation | undefined,
): Side {
  const { entityMetadata: owning, inverseEntityMetadata: inverse } = owner;
  const saved = instancesOf(operation);
  const reverse =
    saved.length > 0 &&
    owning !== inverse &&
    saved.every((instance) => isInstance(instance, inverse));
  return reverse
    ? {
        reverse,
        metadata: inverse,
        model: owning.target,
        near: junction.inverseColumns,
        far: junction.ownerColumns,
      }
    : {
        reverse,
        metadata: owning,
        model: inverse.target,
        near: junction.ownerColumns,
        far: junction.inverseColumns,
      };
}

function owningRelation(junction: EntityMetadata): RelationMetadata | undefined {
  return junction.ownerColumns[0]?.referencedColumn?.entityMetadata.manyToManyRelations.find(
    (relation) => relation.isManyToManyOwner && relation.junctionEntityMetadata === junction,
  );
}

function instancesOf(operation: InstanceOperation | undefined): readonly unknown[] {
  if (!operation) return [];
  return Array.isArray(operation.origin) ? operation.origin : [operation.origin];
}

function isInstance(candidate: unknown, { target }: EntityMetadata): candidate is ObjectLiteral {
  return typeof target === 'function' && candidate instanceof target;
}

function instanceAmong(
  operation: InstanceOperation | undefined,
  metadata: EntityMetadata,
  id: unknown,
): unknown {
  return instancesOf(operation).find(
    (candidate) =>
      isInstance(candidate, metadata) &&
      keyOf(metadata.getEntityIdMixedMap(candidate)) === keyOf(id),
  );
}
