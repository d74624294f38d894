import type { TransactionSource } from '../transaction.js';

/** Several integrations that know transactions, as one. */
export function joinedSource(sources: readonly TransactionSource[]): TransactionSource | undefined {
  const [first, ...others] = sources;
  if (!first || others.length === 0) return first;
  return {
    find(manager) {
      for (const source of sources) {
        const found = source.find(manager);
        if (found) return found;
      }
      return undefined;
    },
    // Nobody knows which of several is meant.
    defaultManager: undefined,
    isEntity: (value) => sources.some((source) => source.isEntity?.(value) ?? false),
    awaitInCallback(begun) {
      for (const source of sources) source.awaitInCallback?.(begun);
    },
    unfinished: () => sources.flatMap((source) => source.unfinished?.() ?? []),
  };
}
