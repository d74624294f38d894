import { isDeepStrictEqual } from 'node:util';
import type { EntityMetadata, ObjectLiteral } from 'typeorm';
import { copyOfData } from '../../integration/index.js';

type ColumnMetadata = EntityMetadata['columns'][number];
type EmbeddedMetadata = EntityMetadata['embeddeds'][number];

/**
 * What receivers are shown of a partial instance that is saved: a copy of it, completed from its row.
 * The instance itself stays as it is, but for what receivers of `preSave` change on the copy.
 */
export class InstanceView {
  readonly shown: ObjectLiteral;
  /** Columns that only the row has a value of. */
  readonly #filled = new Set<ColumnMetadata>();
  /** The values that were shown last, to tell what a receiver has changed. */
  readonly #columns = new Map<ColumnMetadata, unknown>();
  #fields = new Map<string, unknown>();
  /** Lazy relations that a receiver has assigned. */
  readonly #assigned = new Map<string, unknown>();

  private constructor(
    private readonly instance: ObjectLiteral,
    private readonly row: ObjectLiteral,
    private readonly metadata: EntityMetadata,
  ) {
    this.shown = copyOf(instance, prototypeOf(instance, metadata.target));
    copyEmbedded(this.shown, metadata.embeddeds);
    for (const { propertyName } of metadata.lazyRelations) this.#readLazily(propertyName);
    for (const key of new Set(readColumns(metadata).map(topOf))) {
      openPrivate(this.shown, instance, key);
    }
    for (const column of readColumns(metadata)) this.#fill(column);
    this.#remember();
  }

  /** Undefined for an instance that has all that its row has: receivers are given the very object. */
  static of(
    instance: ObjectLiteral,
    row: ObjectLiteral,
    metadata: EntityMetadata,
  ): InstanceView | undefined {
    const isPartial =
      readColumns(metadata).some((column) => lacks(instance, row, column)) ||
      metadata.lazyRelations.some(({ propertyName }) => isUnloaded(instance, propertyName));
    return isPartial ? new InstanceView(instance, row, metadata) : undefined;
  }

  /**
   * Shows what the instance has become, after a save above all. Where TypeORM has put null for a
   * nullable column that was left out, the row still has its value.
   */
  refresh(): void {
    const embedded = new Set(this.metadata.embeddeds.map(({ propertyName }) => propertyName));
    const columns = new Set(readColumns(this.metadata).map(({ propertyPath }) => propertyPath));
    for (const [key, value] of fieldsOf(this.instance)) {
      if (!embedded.has(key) && !columns.has(key)) this.shown[key] = value;
    }
    for (const column of readColumns(this.metadata)) {
      const value = valueAt(this.instance, column.propertyPath);
      if (value === undefined || (value === null && this.#filled.has(column))) continue;
      this.#filled.delete(column);
      if (valueAt(this.shown, column.propertyPath) !== value) {
        column.setEntityValue(this.shown, value);
      }
    }
    this.#remember();
  }

  /** Puts on the instance what receivers have changed on the copy, and nothing else. */
  takeOver(): void {
    const columns = readColumns(this.metadata);
    for (const column of columns) {
      const value = valueAt(this.shown, column.propertyPath);
      if (isSame(value, this.#columns.get(column))) continue;
      this.#filled.delete(column);
      column.setEntityValue(this.instance, value);
    }
    const paths = new Set([...columns, ...this.metadata.embeddeds].map(topOf));
    const fields = fieldsOf(this.shown);
    for (const [key, value] of fields) {
      if (!paths.has(key) && value !== this.#fields.get(key)) this.instance[key] = value;
    }
    for (const key of this.#fields.keys()) {
      if (!paths.has(key) && !fields.has(key)) delete this.instance[key];
    }
    for (const [key, value] of this.#assigned) this.instance[key] = value;
    this.#assigned.clear();
    this.#remember();
  }

  /** TypeORM keeps what it loads on the object that was asked: neither on the copy, nor on the instance. */
  #readLazily(relation: string): void {
    const { instance } = this;
    if (!isUnloaded(instance, relation)) return;
    const asked = copyOf(instance, Object.getPrototypeOf(instance) as object | null);
    const assigned = this.#assigned;
    Object.defineProperty(this.shown, relation, {
      configurable: true,
      enumerable: false,
      get: (): unknown => asked[relation],
      set: (value: unknown) => {
        asked[relation] = value;
        assigned.set(relation, value);
      },
    });
  }

  #fill(column: ColumnMetadata): void {
    if (valueAt(this.shown, column.propertyPath) !== undefined) return;
    const { relationMetadata } = column;
    const related: unknown = relationMetadata?.getEntityValue(this.instance);
    const value: unknown =
      related === undefined
        ? copyOfData(valueAt(this.row, column.propertyPath))
        : idOf(related, column);
    if (value === undefined) return;
    this.#filled.add(column);
    column.setEntityValue(this.shown, value);
  }

  #remember(): void {
    for (const column of readColumns(this.metadata)) {
      const value = valueAt(this.shown, column.propertyPath);
      // What the copy alone has may be changed in place; the rest is shared with the instance.
      this.#columns.set(column, this.#filled.has(column) ? copyOfData(value) : value);
    }
    this.#fields = fieldsOf(this.shown);
  }
}

/** What is found at a path of properties, `address.city`; undefined where something is missing. */
export function valueAt(owner: unknown, path: string): unknown {
  let value: unknown = owner;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as ObjectLiteral)[key];
  }
  return value;
}

/** The columns of which an instance has a value, and which TypeORM reads. */
function readColumns({ columns }: EntityMetadata): readonly ColumnMetadata[] {
  return columns.filter(({ isSelect, isVirtual }) => isSelect && !isVirtual);
}

function lacks(instance: ObjectLiteral, row: ObjectLiteral, column: ColumnMetadata): boolean {
  const { propertyPath, relationMetadata } = column;
  if (valueAt(instance, propertyPath) !== undefined) return false;
  if (relationMetadata && relationMetadata.getEntityValue(instance) !== undefined) return false;
  return (valueAt(row, propertyPath) ?? null) !== null;
}

/** What a column holds for a relation that is given as an instance, as an id, or as null. */
function idOf(related: unknown, { referencedColumn }: ColumnMetadata): unknown {
  return typeof related === 'object' && related !== null
    ? referencedColumn?.getEntityValue(related)
    : related;
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || isDeepStrictEqual(one, other);
}

/** A plain object that is saved as an entity is shown as an instance of it. */
function prototypeOf(value: object, type: unknown): object | null {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain && typeof type === 'function' ? (type.prototype as object) : prototype;
}

function copyOf(value: object, prototype: object | null): ObjectLiteral {
  return Object.create(prototype, Object.getOwnPropertyDescriptors(value)) as ObjectLiteral;
}

function copyEmbedded(owner: ObjectLiteral, embeddeds: readonly EmbeddedMetadata[]): void {
  for (const { propertyName, type, columns, embeddeds: inner } of embeddeds) {
    const value: unknown = owner[propertyName];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const copy = copyOf(value, prototypeOf(value, type));
    owner[propertyName] = copy;
    for (const column of columns) openPrivate(copy, value, column.propertyName);
    copyEmbedded(copy, inner);
  }
}

/** Whether reading a lazy relation would load it, and TypeORM then take it for a part of the instance. */
function isUnloaded(instance: ObjectLiteral, relation: string): boolean {
  const isLazy = Object.getOwnPropertyDescriptor(instance, relation)?.get !== undefined;
  return (
    isLazy && ['__', '__has_', '__promise_'].every((key) => !(`${key}${relation}__` in instance))
  );
}

/** Gives a copy what an accessor keeps in `#private` fields, which no copy has, as a field of its own. */
function openPrivate(copy: ObjectLiteral, source: ObjectLiteral, key: string): void {
  try {
    if (copy[key] === source[key]) return;
  } catch {
    Object.defineProperty(copy, key, {
      value: source[key] as unknown,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

/** The own properties that hold a value: reading a lazy relation would load it. */
function fieldsOf(owner: ObjectLiteral): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const key of Object.keys(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (descriptor && 'value' in descriptor) fields.set(key, descriptor.value);
  }
  return fields;
}

function topOf({ propertyPath }: ColumnMetadata | EmbeddedMetadata): string {
  return propertyPath.split('.', 1)[0] as string;
}
