/**
 * Thrown when a statement has waited for an inner level of its transaction that others have open, and
 * that does not end: mostly because it waits for the statement.
 */
export class BlockedStatementError extends Error {
  override readonly name = 'BlockedStatementError';

  constructor() {
    super(
      'A statement has waited 30 seconds for a savepoint that other work has open in the same ' +
        'transaction: a robust receiver, or an inner atomic(). It would have been undone with it. ' +
        'Await what you start in a transaction before you open a savepoint that depends on it.',
    );
  }
}

/** How long a statement waits for inner levels, in milliseconds. */
const PATIENCE = 30_000;

/** @throws BlockedStatementError when inner levels have not ended in time. */
export async function patiently(ended: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BlockedStatementError()), PATIENCE);
  });
  try {
    await Promise.race([ended, expired]);
  } finally {
    clearTimeout(timer);
  }
}
