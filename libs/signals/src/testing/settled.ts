import { setImmediate, setTimeout } from 'node:timers/promises';
import { adminOf, type Signals } from '../core/index.js';
import type { WorkUnderWay } from '../integration/index.js';
import { PATIENCE, withPatience, type PatienceOptions } from './patience.js';

/** Between two questions to the database, in milliseconds. */
const POLL = 20;

/** Thrown by `settled` when something that was sent is still not done. Says what. */
export class NotSettledError extends Error {
  override readonly name = 'NotSettledError';

  constructor(
    readonly underWay: readonly string[],
    timeout: number,
  ) {
    const list = underWay.map((what) => `\n  - ${what}`).join('');
    super(`After ${timeout} ms there was still something under way:${list}`);
  }
}

/**
 * Resolves once every effect of what was sent is done: sends under way, deferred receivers that
 * run, open transactions with the callbacks that wait for their end, deliveries to durable receivers
 * that are due or to be tried again, and whatever these have set going in turn. For what nobody in
 * the test awaits, such as work that a request leaves behind.
 * Does not wait for a transaction that the test itself is in.
 *
 * ```ts
 * await request(server).post('/orders').expect(202);
 * await settled(app.get(Signals));
 * ```
 *
 * @throws NotSettledError when it takes longer than `timeout`.
 */
export async function settled(signals: Signals, options: PatienceOptions = {}): Promise<void> {
  const { timeout = PATIENCE } = options;
  const wait: Wait = { isExpired: false, undelivered: [] };
  const giveUp = (): Error => {
    wait.isExpired = true;
    const underWay = adminOf(signals)
      .underWay()
      .map(({ what }) => what);
    return new NotSettledError([...underWay, ...wait.undelivered], timeout);
  };
  await withPatience(untilNothingIsUnderWay(signals, wait), timeout, giveUp);
}

interface Wait {
  isExpired: boolean;
  /** As the database answered last. */
  undelivered: readonly string[];
}

async function untilNothingIsUnderWay(signals: Signals, wait: Wait): Promise<void> {
  let idle = false;
  while (!wait.isExpired) {
    const work: readonly WorkUnderWay[] = adminOf(signals).underWay();
    if (work.length === 0 && idle && (await areDelivered(signals, wait))) return;
    idle = work.length === 0;
    await Promise.all(work.map(({ ended }) => ended));
    // What was waiting for that has its turn now, and may set more going.
    await setImmediate();
  }
}

/** Another process may be at them, so there is nothing to wait for but time. */
async function areDelivered(signals: Signals, wait: Wait): Promise<boolean> {
  wait.undelivered = await adminOf(signals).outstanding();
  if (wait.undelivered.length > 0) await setTimeout(POLL);
  return wait.undelivered.length === 0;
}
