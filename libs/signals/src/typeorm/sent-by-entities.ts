import type { AnySignal } from '../index.js';
import { postBulk, preBulk } from './bulk-signals.js';
import { m2mChanged } from './m2m-signals.js';
import {
  postDelete,
  postRestore,
  postSave,
  postSoftDelete,
  preDelete,
  preRestore,
  preSave,
  preSoftDelete,
} from './model-signals.js';

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
