import type { Effect, LeafEffect } from '../sources/index.js';

/** One thing that happens somewhere inside of effects. */
export interface Leaf {
  readonly effect: LeafEffect;
  /** Only if something on the way to it is so. */
  readonly isConditional: boolean;
  /** It is in a callback of `onCommit` or `onRollback`. */
  readonly isDeferred: boolean;
}

/** All that happens, in its order, wherever it is nested. */
export function flatten(
  effects: readonly Effect[],
  within: Omit<Leaf, 'effect'> = { isConditional: false, isDeferred: false },
): readonly Leaf[] {
  return effects.flatMap((effect): readonly Leaf[] => {
    const isConditional = within.isConditional || effect.isConditional;
    if (effect.kind === 'transaction' || effect.kind === 'deferred') {
      const isDeferred = within.isDeferred || effect.kind === 'deferred';
      return flatten(effect.effects, { isConditional, isDeferred });
    }
    return [{ effect, isConditional, isDeferred: within.isDeferred }];
  });
}
