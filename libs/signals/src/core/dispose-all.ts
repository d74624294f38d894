/**
 * Disposes the last one first, and all of them, also where one fails.
 *
 * @throws the first failure, once all are disposed.
 */
export function disposeAll(attached: readonly Disposable[]): void {
  const failures: unknown[] = [];
  for (const attachment of attached.toReversed()) {
    try {
      attachment[Symbol.dispose]();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Makes attachments one after the other; when one cannot be made, those before it are undone. */
export function attachAll(steps: readonly (() => Disposable)[]): Disposable {
  const attached: Disposable[] = [];
  try {
    for (const step of steps) attached.push(step());
  } catch (error) {
    try {
      disposeAll(attached);
    } catch {
      // What failed first is the cause.
    }
    throw error;
  }
  return { [Symbol.dispose]: () => disposeAll(attached.splice(0)) };
}
