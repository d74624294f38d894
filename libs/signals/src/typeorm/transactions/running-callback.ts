import { ambient, surrounded, type Ambient, type RunningCallback } from './ambient-store.js';

/** Runs a callback inside something, and waits for what it registers in turn. */
export async function runCallback(
  of: object,
  around: Ambient,
  callback: () => unknown,
): Promise<void> {
  const running: RunningCallback = { of, begun: [], outer: around.callback };
  try {
    await surrounded({ ...around, callback: running }, callback);
  } finally {
    for (const begun of running.begun) await begun;
  }
}

/** Lets the callback that is running here, if any, wait for work that never rejects. */
export function awaitInCallback(begun: Promise<void>): void {
  ambient().callback?.begun.push(begun);
}

/** Whether the caller is in one of these callbacks, and so cannot wait for them. */
export function isInCallbackOf(of: object): boolean {
  for (let { callback } = ambient(); callback; callback = callback.outer) {
    if (callback.of === of) return true;
  }
  return false;
}
