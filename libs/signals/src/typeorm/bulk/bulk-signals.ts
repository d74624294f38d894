import { defineLifecycleSignal, type FixedPayload } from '../../integration/index.js';

export type BulkOperation = 'insert' | 'upsert' | 'update' | 'delete' | 'softDelete' | 'restore';

/**
 * A write that carries no instances and so passes model signals by: `update`, `insert`, `upsert`,
 * `delete`, `softDelete`, `restore`, `increment`, and the query builders.
 */
export interface PreBulk {
  readonly operation: BulkOperation;
  /** The WHERE clause in SQL; undefined when the whole table is meant, or for inserts. */
  readonly criteria: string | undefined;
  /** The parameters of the whole statement. */
  readonly parameters: readonly unknown[];
  /** What is written, as it was given: one set of values, or one for each inserted row. */
  readonly values: unknown;
  /** The name under which the data source was attached. */
  readonly using: string;
}

export interface PostBulk extends PreBulk {
  /** How many rows PostgreSQL says were written; undefined when nothing was sent. */
  readonly affected: number | undefined;
}

/** Before a bulk write, in its transaction. A failure prevents the write. */
export const preBulk = defineLifecycleSignal<FixedPayload<PreBulk>>('model.preBulk', {
  description: 'A write without instances is about to run. Sent inside its transaction.',
});

/** After a bulk write, before the commit. A failure undoes the write. */
export const postBulk = defineLifecycleSignal<FixedPayload<PostBulk>>('model.postBulk', {
  description: 'A write without instances ran. Sent inside its transaction.',
});
