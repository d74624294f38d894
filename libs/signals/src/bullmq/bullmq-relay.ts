import type { BulkJobOptions } from 'bullmq';
import type { DurableReceiverFunction } from '../core/index.js';
import { relayTo, type RelayMessage } from '../integration/index.js';

export interface BullmqRelayOptions<P = unknown> {
  /** Of the job of a message, beside those of the queue. Default: none. */
  readonly jobOptions?: (message: RelayMessage<P>) => Omit<BulkJobOptions, 'jobId'>;
}

/** What a relay uses of a `Queue` of BullMQ. */
export interface RelayQueue<P = unknown> {
  add(name: string, data: RelayMessage<P>, opts?: BulkJobOptions): Promise<unknown>;
  addBulk(jobs: RelayJob<P>[]): Promise<unknown>;
}

export interface RelayJob<P = unknown> {
  name: string;
  data: RelayMessage<P>;
  opts?: BulkJobOptions;
}

/**
 * Relays deliveries to a queue of BullMQ: a batch in one call, each as a job whose name is the signal,
 * whose data is a {@link RelayMessage}, and whose id is that of the delivery. The queue ignores a job
 * whose id it still has, which makes the repetition after a crash harmless; so let it keep completed
 * jobs for a while (`removeOnComplete: { age: 3_600 }`).
 *
 * ```ts
 * signals.connect(orderPaid, bullmqRelay(queue), {
 *   phase: 'durable',
 *   effect: 'relay',
 *   dispatchUid: 'orders.relayPaid',
 * });
 * ```
 *
 * Let the connection of the queue have `enableOfflineQueue: false`. Then deliveries fail at once while
 * Redis is away, and are tried again later; else each attempt waits for it until its `timeout`.
 */
export function bullmqRelay<P = unknown>(
  queue: RelayQueue<P>,
  { jobOptions }: BullmqRelayOptions<P> = {},
): DurableReceiverFunction<P> {
  const jobOf = (message: RelayMessage<P>): Required<RelayJob<P>> => ({
    name: message.signal,
    data: message,
    opts: { ...jobOptions?.(message), jobId: message.id },
  });

  return relayTo<P>((messages) => {
    const together = addTogether();
    // One job that is refused fails the call; what it had added is known by its id.
    return messages.map((message) => together.catch(() => addAlone(message)));

    async function addTogether(): Promise<void> {
      await queue.addBulk(messages.map(jobOf));
    }

    async function addAlone(message: RelayMessage<P>): Promise<void> {
      const { name, data, opts } = jobOf(message);
      await queue.add(name, data, opts);
    }
  });
}
