import type { PgBoss, Queue } from 'pg-boss';
import { ReceiverDeclarationError } from '../../core/index.js';
import type { DurableInfo } from '../../integration/index.js';

/** Where deliveries go that have failed for good. */
export const DEAD_LETTERS = 'dead-letters';

const DAY = 86_400;
/** Nothing that is waiting, or dead, is ever thrown away for its age. */
const FOR_EVER = 3_650 * DAY;
/** Done deliveries are kept so long, to be looked at. */
const DONE = 7 * DAY;
/** The longest wait between two attempts. */
const LONGEST_BACKOFF = 300;

type QueueOptions = Omit<Queue, 'name'>;

/** One queue for each receiver: so each has its own pace, may be paused, and is known to a build or not. */
function queueOptions({ retries, backoff, timeout, isOrdered }: DurableInfo): QueueOptions {
  return {
    policy: isOrdered ? 'key_strict_fifo' : 'standard',
    retryLimit: retries,
    retryDelay: backoff / 1_000,
    retryBackoff: true,
    retryDelayMax: LONGEST_BACKOFF,
    expireInSeconds: timeout / 1_000,
    deadLetter: DEAD_LETTERS,
    retentionSeconds: FOR_EVER,
    deleteAfterSeconds: DONE,
    notify: false,
  };
}

/** Creates the queues that are missing, and gives the others the options of this build. */
export async function declareQueues(
  boss: PgBoss,
  receivers: ReadonlyMap<string, DurableInfo>,
): Promise<void> {
  const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  if (!known.has(DEAD_LETTERS)) {
    await boss.createQueue(DEAD_LETTERS, {
      retentionSeconds: FOR_EVER,
      deleteAfterSeconds: 0,
      notify: false,
    });
  }
  for (const [name, info] of receivers) {
    const options = queueOptions(info);
    const existing = known.get(name);
    if (!existing) {
      await boss.createQueue(name, options);
      continue;
    }
    if (existing.policy !== options.policy) throw orderChanged(name, info);
    if (!isUpToDate(existing, options)) {
      const { policy: _policy, ...changeable } = options;
      await boss.updateQueue(name, changeable);
    }
  }
}

function isUpToDate(existing: object, wanted: QueueOptions): boolean {
  const options = Object.entries(wanted) as [keyof typeof existing, unknown][];
  return options.every(([option, value]) => existing[option] === value);
}

function orderChanged(dispatchUid: string, { isOrdered }: DurableInfo): ReceiverDeclarationError {
  return new ReceiverDeclarationError(
    `Durable receiver '${dispatchUid}' ${isOrdered ? 'has' : 'no longer has'} a key, which its ` +
      'deliveries that are kept were written without. Give it another dispatchUid, and keep the old ' +
      'one until its deliveries are done.',
  );
}
