import { setTimeout } from 'node:timers/promises';

/** Of a machine that has much else to do; failing tests take as long, others do not. */
const PATIENCE = 60_000;
const POLL = 10;

/** Waits for a fact; answers what made it one. */
export async function until<T>(
  fact: () => Promise<T | false | undefined> | T | false | undefined,
  what = String(fact),
  patience = PATIENCE,
): Promise<T> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const found = await fact();
    if (found) return found;
    await setTimeout(POLL);
  }
  throw new Error(`It never came to pass: ${what}`);
}

/** A promise that somebody else keeps. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
