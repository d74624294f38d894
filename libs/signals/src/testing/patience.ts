import { clearTimeout, setTimeout } from 'node:timers';

/**
 * How long the kit waits for something that has to come, in milliseconds, unless it is told
 * otherwise: less than the five seconds after which test runners give up without a reason.
 */
export const PATIENCE = 4_000;

export interface PatienceOptions {
  /** How long to wait before giving up with an error, in milliseconds. Default: 4,000. */
  readonly timeout?: number;
}

/**
 * Answers what comes first: the work's result, or the failure that `giveUp` describes. Timers are
 * Node's own, so a runner's fake ones do not stop them.
 */
export async function withPatience<T>(
  work: Promise<T>,
  timeout: number,
  giveUp: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(giveUp()), timeout);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
