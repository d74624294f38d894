import { defineLifecycleSignal, type PayloadKind } from '../../integration/index.js';
import type { PreDelete, PreSave } from './model-event.js';
import {
  serializeModelEvent,
  serializeSave,
  type SerializedModelEvent,
  type SerializedSave,
} from './serialized-models.js';

interface SaveKind extends PayloadKind {
  readonly payload: PreSave<this['sender']>;
  readonly serialized: SerializedSave<this['sender']>;
}

interface DeleteKind extends PayloadKind {
  readonly payload: PreDelete<this['sender']>;
  readonly serialized: SerializedModelEvent<this['sender']>;
}

/** Before an instance is inserted or updated. Changes of the instance's columns are saved too. */
export const preSave = defineLifecycleSignal<SaveKind>('model.preSave', {
  description: 'An instance is about to be saved. Sent inside the transaction, before any SQL.',
  serialize: serializeSave,
});

/** After an instance was inserted or updated, before the commit. A failure undoes the save. */
export const postSave = defineLifecycleSignal<SaveKind>('model.postSave', {
  description: 'An instance was saved. Sent inside the transaction that saved it.',
  serialize: serializeSave,
});

/** Before an instance is removed. A failure prevents it. */
export const preDelete = defineLifecycleSignal<DeleteKind>('model.preDelete', {
  description: 'An instance is about to be removed. Sent inside the transaction, before any SQL.',
  serialize: serializeModelEvent,
});

/** After an instance was removed, before the commit. A failure undoes the removal. */
export const postDelete = defineLifecycleSignal<DeleteKind>('model.postDelete', {
  description: 'An instance was removed. Sent inside the transaction that removed it.',
  serialize: serializeModelEvent,
});

export const preSoftDelete = defineLifecycleSignal<DeleteKind>('model.preSoftDelete', {
  description: 'An instance is about to be soft-removed. Sent inside the transaction.',
  serialize: serializeModelEvent,
});

export const postSoftDelete = defineLifecycleSignal<DeleteKind>('model.postSoftDelete', {
  description: 'An instance was soft-removed. Sent inside the transaction that did it.',
  serialize: serializeModelEvent,
});

export const preRestore = defineLifecycleSignal<DeleteKind>('model.preRestore', {
  description: 'A soft-removed instance is about to be recovered. Sent inside the transaction.',
  serialize: serializeModelEvent,
});

export const postRestore = defineLifecycleSignal<DeleteKind>('model.postRestore', {
  description: 'A soft-removed instance was recovered. Sent inside the transaction that did it.',
  serialize: serializeModelEvent,
});
