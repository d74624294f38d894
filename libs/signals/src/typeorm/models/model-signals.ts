import { defineLifecycleSignal, type PayloadKind } from '../../index.js';
import {
  storeModelEvent,
  storeSave,
  type StoredModelEvent,
  type StoredSave,
} from './stored-models.js';

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

interface SaveKind extends PayloadKind {
  readonly payload: PreSave<this['sender']>;
  readonly stored: StoredSave<this['sender']>;
}

interface DeleteKind extends PayloadKind {
  readonly payload: PreDelete<this['sender']>;
  readonly stored: StoredModelEvent<this['sender']>;
}

/** Before an instance is inserted or updated. Changes of the instance's columns are saved too. */
export const preSave = defineLifecycleSignal<SaveKind>('model.preSave', {
  description: 'An instance is about to be saved. Sent inside the transaction, before any SQL.',
  store: storeSave,
});

/** After an instance was inserted or updated, before the commit. A failure undoes the save. */
export const postSave = defineLifecycleSignal<SaveKind>('model.postSave', {
  description: 'An instance was saved. Sent inside the transaction that saved it.',
  store: storeSave,
});

/** Before an instance is removed. A failure prevents it. */
export const preDelete = defineLifecycleSignal<DeleteKind>('model.preDelete', {
  description: 'An instance is about to be removed. Sent inside the transaction, before any SQL.',
  store: storeModelEvent,
});

/** After an instance was removed, before the commit. A failure undoes the removal. */
export const postDelete = defineLifecycleSignal<DeleteKind>('model.postDelete', {
  description: 'An instance was removed. Sent inside the transaction that removed it.',
  store: storeModelEvent,
});

export const preSoftDelete = defineLifecycleSignal<DeleteKind>('model.preSoftDelete', {
  description: 'An instance is about to be soft-removed. Sent inside the transaction.',
  store: storeModelEvent,
});

export const postSoftDelete = defineLifecycleSignal<DeleteKind>('model.postSoftDelete', {
  description: 'An instance was soft-removed. Sent inside the transaction that did it.',
  store: storeModelEvent,
});

export const preRestore = defineLifecycleSignal<DeleteKind>('model.preRestore', {
  description: 'A soft-removed instance is about to be recovered. Sent inside the transaction.',
  store: storeModelEvent,
});

export const postRestore = defineLifecycleSignal<DeleteKind>('model.postRestore', {
  description: 'A soft-removed instance was recovered. Sent inside the transaction that did it.',
  store: storeModelEvent,
});
