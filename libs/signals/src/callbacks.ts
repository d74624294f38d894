import type { TransactionCallback } from './transaction.js';

/** Is told of failures that have no caller to reach. */
export type ErrorSink = (error: unknown, what: string) => void;

/** The sink of those who named none: one line on standard error with the cause. */
export const consoleErrorSink: ErrorSink = (error, what) => {
  console.error(`[signals] ${what}`, error);
};

/** Reports a failure; a broken sink cannot stop what goes on after it. */
export function report(sink: ErrorSink, error: unknown, what: string): void {
  try {
    sink(error, what);
  } catch (sinkError) {
    consoleErrorSink(sinkError, 'The error sink itself failed while it was told: ' + what);
  }
}

/** Runs callbacks one after the other; a failure is reported and the next one runs. */
export async function runCallbacks(
  callbacks: readonly TransactionCallback[],
  sink: ErrorSink,
  what: string,
): Promise<void> {
  for (const callback of callbacks) {
    try {
      await callback();
    } catch (error) {
      report(sink, error, what);
    }
  }
}
