import type {
  EntityMetadata,
  InsertEvent,
  ObjectLiteral,
  RecoverEvent,
  RemoveEvent,
  SoftRemoveEvent,
  UpdateEvent,
} from 'typeorm';
import type { InstanceOperation } from './instance-operation.js';
import type { PreDelete, PreSave } from './model-signals.js';

/** What both builders of payloads are told beside TypeORM's event. */
export interface ModelEventOrigin {
  readonly using: string;
  readonly operation: InstanceOperation;
}

type Columns = Pick<UpdateEvent<ObjectLiteral>, 'updatedColumns' | 'updatedRelations'>;

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

export function updateEvent(
  event: UpdateEvent<ObjectLiteral>,
  { using, operation }: ModelEventOrigin,
): PreSave<ObjectLiteral> {
  const { databaseEntity, metadata } = event;
  const instance = event.entity as ObjectLiteral;
  const previous = previousValues(event, instance, databaseEntity);
  return {
    instance,
    created: false,
    id: metadata.getEntityIdMixedMap(instance),
    changed: Object.keys(previous),
    previous,
    using,
    origin: operation.origin,
    raw: operation.raw,
  };
}

/**
 * Fills what a partial instance leaves out with the values of its row, so that no receiver takes a
 * missing value for an empty one. TypeORM itself would fill nullable columns with null, in memory.
 */
export function completeInstance(
  instance: ObjectLiteral,
  row: ObjectLiteral,
  { columns }: EntityMetadata,
): void {
  for (const column of columns) {
    if (!column.isSelect || column.relationMetadata || column.isVirtual) continue;
    const value: unknown = column.getEntityValue(row);
    if (value !== undefined && column.getEntityValue(instance) === undefined) {
      column.setEntityValue(instance, value);
    }
  }
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
 * The former values of what really changed, by property. TypeORM also lists columns that it never
 * reads (`select: false`) and relations that were and are null, and lists some relations twice.
 */
function previousValues(
  { updatedColumns, updatedRelations }: Columns,
  instance: ObjectLiteral,
  row: ObjectLiteral,
): ObjectLiteral {
  const previous: ObjectLiteral = {};
  for (const column of updatedColumns) {
    if (column.isSelect) previous[column.propertyPath] = column.getEntityValue(row) as unknown;
  }
  for (const relation of updatedRelations) {
    const before = relatedId(relation.inverseEntityMetadata, relation.getEntityValue(row));
    const after = relatedId(relation.inverseEntityMetadata, relation.getEntityValue(instance));
    if (before !== after) previous[relation.propertyPath] = relation.getEntityValue(row) as unknown;
  }
  return previous;
}

/** The id of a related row as text, to compare an instance with a bare id; empty for none. */
function relatedId(metadata: EntityMetadata, related: unknown): string {
  const id: unknown =
    typeof related === 'object' && related !== null
      ? metadata.getEntityIdMixedMap(related)
      : related;
  return id === null || id === undefined ? '' : JSON.stringify(id);
}
