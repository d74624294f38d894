/** For {@link ReceiverOptions.when}: the save inserted a row. */
export function created(payload: { readonly created: boolean }): boolean {
  return payload.created;
}

/** For {@link ReceiverOptions.when}: the save updated an existing row. */
export function updated(payload: { readonly created: boolean }): boolean {
  return !payload.created;
}

/** What `changed` reads of a save of an `E`. */
interface ChangingSave<E> {
  readonly changed: readonly string[];
  readonly instance?: E;
}

/** What has no columns of its own. */
type Whole = Date | Uint8Array | readonly unknown[] | ((...args: never[]) => unknown);

type Property<T> = {
  [K in keyof T & string]: T[K] extends (...args: never[]) => unknown ? never : K;
}[keyof T & string];

/** Of an embedded object; what is embedded in it in turn, no type looks into. */
type Inner<K extends string, V> = V extends Whole
  ? never
  : V extends object
    ? `${K}.${Property<V>}` | `${K}.${Property<V>}.${string}`
    : never;

/**
 * A column of an entity by its property, or of an embedded object by its path; any text where the
 * entity is not known.
 */
export type ColumnOf<E> = unknown extends E
  ? string
  : Property<E> | { [K in Property<E>]: Inner<K, NonNullable<E[K]>> }[Property<E>];

/**
 * For {@link ReceiverOptions.when}: the save changed at least one of these columns of an existing
 * row. A column of an embedded object is named by its path, `address.city`; `address` stands for all
 * of the object. `changed<Order>('status')` takes columns of the entity alone. A new row has no former
 * values, so a creation changes nothing.
 */
export function changed<E = unknown>(
  ...columns: readonly ColumnOf<NoInfer<E>>[]
): (payload: ChangingSave<E>) => boolean {
  const condition = (payload: ChangingSave<E>): boolean =>
    columns.some((column) => payload.changed.some((path) => isIn(path, column)));
  wantedColumns.set(condition, columns);
  return condition;
}

/** What conditions of {@link changed} ask for. */
const wantedColumns = new WeakMap<object, readonly string[]>();

/** A write that no payload tells of; what is undefined is not known of it. */
export interface UntoldWrite {
  readonly created: boolean | undefined;
  /** The columns of existing rows that are written. */
  readonly columns: readonly string[] | undefined;
}

/** Whether a save that wrote the same could meet the condition; one of the application's own always could. */
export function couldMeet(
  condition: ((payload: never) => boolean) | undefined,
  { created: inserts, columns }: UntoldWrite,
): boolean {
  if (condition === created) return inserts !== false;
  if (condition === updated) return inserts !== true;
  const wanted = condition && wantedColumns.get(condition);
  if (!wanted) return true;
  if (inserts === true) return false;
  return (
    !columns ||
    columns.some((path) => wanted.some((column) => isIn(path, column) || isIn(column, path)))
  );
}

function isIn(path: string, column: string): boolean {
  return path === column || path.startsWith(`${column}.`);
}
