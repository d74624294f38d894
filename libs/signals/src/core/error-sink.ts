import type { TransactionCallback } from './transaction.js';

/** Is told of failures that have no caller to reach. */
export type ErrorSink = (error: unknown, what: string) => void;

/** The sink of those who named none: one line on standard error with the cause. */
export const consoleErrorSink: ErrorSink = (error, what) => {
  print(`[signals] ${what}`, error);
};

/** Reports a failure; a broken sink, synchronous or not, cannot stop what goes on after it. */
export function report(sink: ErrorSink, error: unknown, what: string): void {
  const sinkFailed = (sinkError: unknown) =>
    print(`[signals] ${what}, and so did the error sink that was told:`, error, sinkError);
  try {
    const told: unknown = sink(error, what);
    Promise.resolve(told).catch(sinkFailed);
  } catch (sinkError) {
    sinkFailed(sinkError);
  }
}

/** The sink, so that it cannot fail whoever tells it. */
export function guardedSink(sink: ErrorSink): ErrorSink {
  return (error, what) => report(sink, error, what);
}

/** Some values throw when they are shown; the line itself can always be printed. */
function print(line: string, ...values: readonly unknown[]): void {
  try {
    console.error(line, ...values);
  } catch {
    console.error(line, '(an error that cannot be shown)');
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
