import {
  defineLifecycleSignal,
  type PayloadKind,
  type SenderClass,
} from '../../integration/index.js';

export type M2mAction =
  'preAdd' | 'postAdd' | 'preRemove' | 'postRemove' | 'preClear' | 'postClear';

/** A change of the links of a many-to-many relation. Its sender is the entity that owns the relation. */
export interface M2mChanged<E = unknown> {
  readonly action: M2mAction;
  /** The property of the owning entity. */
  readonly relation: string;
  /**
   * The instance whose links change; on the other side than the sender when `reverse`. Undefined
   * when a plain `save` does not show it; `id` always tells which it was.
   */
  readonly instance: E | undefined;
  readonly id: unknown;
  /** Whether the change was made from the inverse side. */
  readonly reverse: boolean;
  /** The entity on the other end of the links. */
  readonly model: SenderClass | string;
  /**
   * The other ends: for add what is (`preAdd`) or was (`postAdd`) really inserted, for remove what
   * was submitted, null for clear. Frozen (Django: `pk_set`, which receivers can edit).
   */
  readonly ids: readonly unknown[] | null;
  /** What really is, or was, unlinked, by remove and by clear alike; empty for add. */
  readonly removed: readonly unknown[];
  readonly using: string;
}

interface M2mKind extends PayloadKind {
  readonly payload: M2mChanged<this['sender']>;
}

/**
 * The links of a many-to-many relation change. Complete through {@link relation}; what plain
 * `save` and TypeORM's relation query builder tell is less.
 */
export const m2mChanged = defineLifecycleSignal<M2mKind>('model.m2mChanged', {
  description: 'Links of a many-to-many relation change. Sent inside the transaction.',
});
