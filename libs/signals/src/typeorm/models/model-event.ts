/** What every model signal tells of the instance that it is about. */
export interface ModelEvent<E> {
  /**
   * The very object that was given to `save` or `remove`, or that a cascade reached; for an update of
   * a partial instance a copy that is completed from its row.
   */
  readonly instance: E;
  /** The primary key: the value itself, or an object where it has several columns. */
  readonly id: unknown;
  /** The name under which the data source was attached. */
  readonly using: string;
  /** What the call was given: the root of the cascade, one instance or several. */
  readonly origin: unknown;
}

/** A save before its SQL. Every `preSave` of a call comes before the first statement of it. */
export interface PreSave<E> extends ModelEvent<E> {
  /** Whether a row is inserted. */
  readonly created: boolean;
  /**
   * The columns of an existing row that differ from it, by the path of their property
   * (`address.city`), and relations by their property. Advisory: the row was read before the
   * transaction began, without a lock.
   */
  readonly changed: readonly string[];
  /** The former values of what changed. */
  readonly previous: Partial<E>;
  /** The caller asked, by `save(…, { data: { raw: true } })`, to take the values as they are. */
  readonly raw: boolean;
}

/** A save after its SQL and before the commit, in the same transaction. */
export type PostSave<E> = PreSave<E>;

/** A removal. After it the row is gone; `id` still tells which it was. */
export type PreDelete<E> = ModelEvent<E>;
export type PostDelete<E> = ModelEvent<E>;
