import type { AnySignal } from '../core/index.js';
import { postBulk, preBulk } from './bulk/bulk-signals.js';
import { m2mChanged } from './many-to-many/m2m-changed.js';
import {
  postDelete,
  postRestore,
  postSave,
  postSoftDelete,
  preDelete,
  preRestore,
  preSave,
  preSoftDelete,
} from './models/model-signals.js';

/** The signals whose senders are entities. */
export const sentByEntities: ReadonlySet<AnySignal> = new Set<AnySignal>([
  preSave,
  postSave,
  preDelete,
  postDelete,
  preSoftDelete,
  postSoftDelete,
  preRestore,
  postRestore,
  m2mChanged,
  preBulk,
  postBulk,
]);
