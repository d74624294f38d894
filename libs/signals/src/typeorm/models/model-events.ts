import type {
  EntityMetadata,
  InsertEvent,
  ObjectLiteral,
  RecoverEvent,
  RemoveEvent,
  SoftRemoveEvent,
  UpdateEvent,
} from 'typeorm';
import { frozenCopyOf } from '../../integration/index.js';
import { hasValueOfRow } from './equal-values.js';
import type { InstanceOperation } from '../transactions/ambient-store.js';
import { keyOf } from '../many-to-many/join-rows.js';
import type { PreDelete, PreSave } from './model-event.js';

/** What both builders of payloads are told beside TypeORM's event. */
export interface ModelEventOrigin {
  readonly using: string;
  readonly operation: InstanceOperation;
}

export function insertEvent(
  { entity, metadata }: InsertEvent<ObjectLiteral>,
  { using, operation }: ModelEventOrigin,
): PreSave<ObjectLiteral> {
  return {
    instance: entity,
    created: true,
    id: metadata.getEntityIdMixedMap(entity),
    changed: [],
    previous: {},
    using,
    origin: operation.origin,
    raw: operation.raw,
  };
}

/** @param instance what receivers are shown: the instance that is saved, or a view of it. */
export function updateEvent(
  event: UpdateEvent<ObjectLiteral>,
  instance: ObjectLiteral,
  { using, operation }: ModelEventOrigin,
): PreSave<ObjectLiteral> {
  return {
    instance,
    created: false,
    id: event.metadata.getEntityIdMixedMap(event.entity),
    ...changesOf(event),
    using,
    origin: operation.origin,
    raw: operation.raw,
  };
}

/** After a removal TypeORM has taken the id off the instance; the event still has it. */
export function removalEvent(
  event: RemoveEvent<ObjectLiteral> | SoftRemoveEvent<ObjectLiteral> | RecoverEvent<ObjectLiteral>,
  { using, operation }: ModelEventOrigin,
): PreDelete<ObjectLiteral> {
  const { databaseEntity, entityId, metadata } = event;
  return {
    instance: event.entity ?? databaseEntity,
    id: idOf(metadata, entityId ?? databaseEntity),
    using,
    origin: operation.origin,
  };
}

function idOf(metadata: EntityMetadata, source: unknown): unknown {
  return typeof source === 'object' && source !== null
    ? metadata.getEntityIdMixedMap(source)
    : source;
}

/**
 * What really changed, by path of property, and the former values. TypeORM also lists columns that it
 * never reads (`select: false`), equal values in another spelling, and relations that were and are
 * null, and lists some relations twice.
 */
function changesOf(
  event: UpdateEvent<ObjectLiteral>,
): Pick<PreSave<ObjectLiteral>, 'changed' | 'previous'> {
  const { updatedColumns, updatedRelations, databaseEntity: row } = event;
  const instance = event.entity as ObjectLiteral;
  const changed = new Set<string>();
  const previous: ObjectLiteral = {};
  for (const column of updatedColumns) {
    if (!column.isSelect || hasValueOfRow(column, instance, row)) continue;
    changed.add(column.propertyPath);
    put(previous, column.propertyPath, column.getEntityValue(row));
  }
  for (const relation of updatedRelations) {
    const before = relatedId(relation.inverseEntityMetadata, relation.getEntityValue(row));
    const after = relatedId(relation.inverseEntityMetadata, relation.getEntityValue(instance));
    if (before === after) continue;
    changed.add(relation.propertyPath);
    put(previous, relation.propertyPath, relation.getEntityValue(row));
  }
  return { changed: Object.freeze([...changed]), previous: frozenCopyOf(previous) };
}

function put(owner: ObjectLiteral, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() as string;
  let inner = owner;
  for (const key of keys) inner = (inner[key] ??= {}) as ObjectLiteral;
  inner[last] = value;
}

/** The id of a related row as text, to compare an instance with a bare id; empty for none. */
function relatedId(metadata: EntityMetadata, related: unknown): string {
  const id: unknown =
    typeof related === 'object' && related !== null
      ? metadata.getEntityIdMixedMap(related)
      : related;
  return id === null || id === undefined ? '' : keyOf(id);
}
