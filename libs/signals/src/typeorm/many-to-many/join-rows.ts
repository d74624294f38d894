import { In, type EntityManager, type EntityMetadata, type ObjectLiteral } from 'typeorm';
import type { RelationMetadata } from '../internals.js';
import { typeOf, uuid } from '../models/equal-values.js';

type ColumnMetadata = EntityMetadata['ownerColumns'][number];

/** Thrown when a relation helper is asked for a property that is no many-to-many relation. */
export class NotManyToManyError extends Error {
  override readonly name = 'NotManyToManyError';
}

/** The rows of a join table that belong to one instance, seen from its side. */
export class JoinRows {
  /** The relation as the owning entity declares it. */
  readonly owner: RelationMetadata;
  readonly reverse: boolean;
  readonly far: EntityMetadata;
  readonly id: unknown;
  readonly #junction: EntityMetadata;
  readonly #nearColumns: readonly ColumnMetadata[];
  readonly #farColumns: readonly ColumnMetadata[];
  readonly #near: ObjectLiteral;

  constructor(metadata: EntityMetadata, property: string, instance: ObjectLiteral) {
    const relation = metadata.findRelationWithPropertyPath(property);
    const junction = relation?.junctionEntityMetadata;
    if (!relation?.isManyToMany || !junction) {
      throw new NotManyToManyError(`${metadata.name}.${property} is no many-to-many relation.`);
    }
    this.reverse = !relation.isManyToManyOwner;
    this.owner = (this.reverse ? relation.inverseRelation : relation) ?? relation;
    this.far = relation.inverseEntityMetadata;
    this.id = metadata.getEntityIdMixedMap(instance);
    const { ownerColumns, inverseColumns } = junction;
    this.#junction = junction;
    this.#nearColumns = this.reverse ? inverseColumns : ownerColumns;
    this.#farColumns = this.reverse ? ownerColumns : inverseColumns;
    this.#near = rowOf(this.#nearColumns, this.id);
  }

  /** The distinct ids, as the database spells them, of members that are given as entities or as ids. */
  idsOf(members: readonly unknown[]): readonly unknown[] {
    return distinct(
      members.map((member) => {
        const isEntity = typeof member === 'object' && member !== null;
        return spelledId(
          this.#farColumns,
          isEntity ? this.far.getEntityIdMixedMap(member) : member,
        );
      }),
    );
  }

  /** The other ends of all links, or of those among the given ones. */
  async linked(manager: EntityManager, among?: readonly unknown[]): Promise<readonly unknown[]> {
    const query = manager
      .createQueryBuilder()
      .select([])
      .from(this.#junction.target, 'link')
      .where(this.#condition(among));
    for (const { propertyName } of this.#farColumns) {
      query.addSelect(`link.${propertyName}`, propertyName);
    }
    const rows = await query.getRawMany<ObjectLiteral>();
    return rows.map((row) => idFrom(this.#farColumns, row, 'propertyName'));
  }

  /** Links what is not linked; answers what it really inserted, also when others insert meanwhile. */
  async insert(manager: EntityManager, ids: readonly unknown[]): Promise<readonly unknown[]> {
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(this.#junction.target)
      .values(ids.map((id) => ({ ...this.#near, ...rowOf(this.#farColumns, id) })))
      .orIgnore()
      .returning('*')
      .updateEntity(false)
      .callListeners(false)
      .execute();
    return this.#idsFrom(inserted.raw);
  }

  /** Unlinks these, or all; answers what was linked. */
  async delete(manager: EntityManager, ids?: readonly unknown[]): Promise<readonly unknown[]> {
    const deleted = await manager
      .createQueryBuilder()
      .delete()
      .from(this.#junction.target)
      .where(this.#condition(ids))
      .returning('*')
      .callListeners(false)
      .execute();
    return this.#idsFrom(deleted.raw);
  }

  #condition(among?: readonly unknown[]): ObjectLiteral | ObjectLiteral[] {
    if (!among) return this.#near;
    const [column, ...others] = this.#farColumns;
    if (column && others.length === 0) {
      return { ...this.#near, [column.propertyName]: In([...among]) };
    }
    return among.map((id) => ({ ...this.#near, ...rowOf(this.#farColumns, id) }));
  }

  #idsFrom(raw: unknown): readonly unknown[] {
    const rows = Array.isArray(raw) ? (raw as ObjectLiteral[]) : [];
    return rows.map((row) => idFrom(this.#farColumns, row, 'databaseName'));
  }
}

/** One text for equal ids: a `bigint` column answers texts where a caller gives numbers. */
export function keyOf(id: unknown): string {
  return JSON.stringify(id, (_, value: unknown) =>
    typeof value === 'number' || typeof value === 'bigint' ? String(value) : value,
  );
}

/** Each id once. */
export function distinct(ids: readonly unknown[]): readonly unknown[] {
  return [...new Map(ids.map((id) => [keyOf(id), id])).values()];
}

/** An id as the database answers it, however a caller has spelled it: 7 for `'7'` of an int column. */
function spelledId(columns: readonly ColumnMetadata[], id: unknown): unknown {
  if (columns.length === 1) return spelled(columns[0], id);
  if (typeof id !== 'object' || id === null) return id;
  return Object.fromEntries(
    columns.map((column) => {
      const { referencedColumn } = column;
      const name = referencedColumn?.propertyName ?? column.propertyName;
      return [name, spelled(column, referencedColumn?.getEntityValue(id))];
    }),
  );
}

/** Whole numbers that the driver answers as numbers; those of 8 bytes come as text. */
const SMALL_NUMBERS: ReadonlySet<string> = new Set([
  'Number',
  'int',
  'int2',
  'int4',
  'integer',
  'smallint',
]);
const LARGE_NUMBERS: ReadonlySet<string> = new Set(['int8', 'bigint']);

function spelled(column: ColumnMetadata | undefined, id: unknown): unknown {
  if (!column || (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint'))
    return id;
  const type = typeOf(column.referencedColumn ?? column);
  const text = String(id).trim();
  if (type === 'uuid') return uuid(text);
  if (!/^[+-]?\d+$/.test(text)) return id;
  if (SMALL_NUMBERS.has(type)) return Number(text);
  return LARGE_NUMBERS.has(type) ? String(BigInt(text.replace('+', ''))) : id;
}

/** The id that these columns of a join row hold: the value itself, or an object for several. */
export function idFrom(
  columns: readonly ColumnMetadata[],
  row: ObjectLiteral,
  name: 'propertyName' | 'databaseName',
): unknown {
  const entries = columns.map((column) => [
    column.referencedColumn?.propertyName ?? column.propertyName,
    spelled(column, row[column[name]]),
  ]);
  return entries.length === 1 ? entries[0]?.[1] : Object.fromEntries(entries);
}

function rowOf(columns: readonly ColumnMetadata[], id: unknown): ObjectLiteral {
  return Object.fromEntries(
    columns.map((column) => [
      column.propertyName,
      typeof id === 'object' && id !== null ? column.referencedColumn?.getEntityValue(id) : id,
    ]),
  );
}
