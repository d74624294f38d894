import type { EntityMetadata, ObjectLiteral, QueryRunner } from 'typeorm';
import type { InstanceOperation } from '../transactions/ambient-store.js';
import { valueAt } from './instance-view.js';
import { transactionOf } from '../transactions/runner-transaction.js';

type ColumnMetadata = EntityMetadata['columns'][number];

/** An instance that a call removes, and the columns that TypeORM sets on it in memory. */
export interface Removed {
  readonly entity: ObjectLiteral;
  readonly columns: readonly ColumnMetadata[];
}

const former = new WeakMap<ObjectLiteral, ReadonlyMap<ColumnMetadata, unknown>>();

/** To be called before TypeORM takes the id off the instance, or sets when it was removed. */
export function rememberInstance({ entity, columns }: Removed): void {
  former.set(entity, valuesOf(entity, columns));
}

/**
 * Puts back what TypeORM has set on the instance when the call fails, or when the savepoint or the
 * transaction that it was removed in is undone: the row is there as before, and a save of the instance
 * must find it. Leaves alone what somebody else has set since.
 */
export function restoreWhenUndone(
  { entity, columns }: Removed,
  operation: InstanceOperation | undefined,
  queryRunner: QueryRunner,
): void {
  const before = former.get(entity);
  if (!before) return;
  const after = valuesOf(entity, columns);
  const restore = () => {
    for (const column of columns) {
      if (valueAt(entity, column.propertyPath) !== after.get(column)) continue;
      column.setEntityValue(entity, before.get(column));
    }
  };
  operation?.failures.push(restore);
  const transaction = transactionOf(queryRunner);
  if (transaction?.isOpen) transaction.onUndo(restore);
}

function valuesOf(
  entity: ObjectLiteral,
  columns: readonly ColumnMetadata[],
): ReadonlyMap<ColumnMetadata, unknown> {
  return new Map(columns.map((column) => [column, valueAt(entity, column.propertyPath)]));
}
