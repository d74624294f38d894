/** An entity of TypeORM, as its decorators describe it. */
export interface EntityInfo {
  readonly name: string;
  readonly type: Function;
  /** As `@Entity('orders')` names it. */
  readonly table: string | undefined;
  /** The entities that are saved with it. */
  readonly cascades: readonly string[];
}

interface DecoratedTable {
  readonly target: Function | string;
  readonly name?: string;
  readonly type?: string;
}

interface DecoratedRelation {
  readonly target: Function | string;
  readonly type: unknown;
  readonly options: { readonly cascade?: boolean | readonly string[] };
}

interface Decorated {
  readonly tables: readonly DecoratedTable[];
  readonly relations: readonly DecoratedRelation[];
}

/**
 * The entities that have been loaded with the application. TypeORM keeps what decorators tell in one
 * place of the process, whichever copy of it is asked; entity schemas are not among it.
 */
export function loadedEntities(): readonly EntityInfo[] {
  const { typeormMetadataArgsStorage } = globalThis as { typeormMetadataArgsStorage?: Decorated };
  if (!typeormMetadataArgsStorage) return [];
  const { tables, relations } = typeormMetadataArgsStorage;
  return tables.flatMap(({ target, name, type }) =>
    typeof target === 'function' && type !== 'abstract'
      ? [{ name: target.name, type: target, table: name, cascades: cascadesOf(target, relations) }]
      : [],
  );
}

function cascadesOf(entity: Function, relations: readonly DecoratedRelation[]): readonly string[] {
  return relations
    .filter(({ target, options }) => isOrInherits(entity, target) && savesAlong(options.cascade))
    .flatMap(({ type }) => nameOfRelated(type) ?? []);
}

function isOrInherits(entity: Function, target: Function | string): boolean {
  return (
    target === entity ||
    (typeof target === 'function' && Object.prototype.isPrototypeOf.call(target, entity))
  );
}

function savesAlong(cascade: boolean | readonly string[] | undefined): boolean {
  return typeof cascade === 'object'
    ? cascade.includes('insert') || cascade.includes('update')
    : cascade === true;
}

/** `() => OrderLine`, or a name. */
function nameOfRelated(type: unknown): string | undefined {
  if (typeof type === 'string') return type;
  const related: unknown = typeof type === 'function' ? (type as () => unknown)() : undefined;
  return typeof related === 'function' ? related.name : undefined;
}
