import type { DurableReceiverContext, DurableReceiverFunction } from '../receiver.js';
import { nameOfSender } from '../signal.js';

/** One delivery as a broker carries it: JSON, for readers in whichever language. */
export interface RelayMessage<P = unknown> {
  /**
   * Of the delivery: the same for all its attempts and replays, and for no other one. To be given to
   * the broker as the id by which it tells repetitions.
   */
  readonly id: string;
  /** Of the send: the same for all its receivers. */
  readonly eventId: string;
  readonly signal: string;
  /** Null when nobody was named. */
  readonly sender: string | null;
  /** ISO 8601, of the send. */
  readonly occurredAt: string;
  readonly payload: P;
  /** What tools want to find again where the message is read, such as a trace. */
  readonly carrier: Readonly<Record<string, string>>;
}

/**
 * Hands messages to a broker, in one go where it can. Answers a promise for each, in their order,
 * which is fulfilled once the broker has it, so that one that fails does not take others along.
 */
export type PublishMessages<P = unknown> = (
  messages: readonly RelayMessage<P>[],
) => readonly Promise<unknown>[];

interface Waiting<P> {
  readonly message: RelayMessage<P>;
  readonly abortSignal: AbortSignal;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A durable receiver with effect `relay` that publishes what it is told: the deliveries of a batch,
 * which the engine hands over side by side, with a single call of `publish`.
 *
 * ```ts
 * const toKafka = relayTo((messages) => {
 *   const sent = producer.send({ topic, messages: messages.map(record) });
 *   return messages.map(() => sent);
 * });
 * signals.connect(orderPaid, toKafka, { phase: 'durable', effect: 'relay', dispatchUid: '…' });
 * ```
 *
 * At least once: a message that the broker has may be published again, under the same id, when the
 * process dies before the delivery is completed.
 */
export function relayTo<P = unknown>(publish: PublishMessages<P>): DurableReceiverFunction<P> {
  let collected: Waiting<P>[] = [];

  function flush(): void {
    const waiting = collected.filter(({ abortSignal }) => !abortSignal.aborted);
    collected = [];
    if (waiting.length === 0) return;
    try {
      const published = publish(waiting.map(({ message }) => message));
      for (const [index, { resolve, reject }] of waiting.entries()) {
        promiseAt(published, index).then(resolve, reject);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  return async (payload, context) => {
    const { abortSignal } = context;
    abortSignal.throwIfAborted();
    const message = messageOf(payload, context);
    // Once everything that is ready has run, the whole batch is here.
    if (collected.length === 0) setImmediate(flush);
    await new Promise((resolve, reject) => {
      abortSignal.addEventListener('abort', () => reject(abortSignal.reason), { once: true });
      collected.push({ message, abortSignal, resolve, reject });
    });
  };
}

function messageOf<P>(payload: P, context: DurableReceiverContext): RelayMessage<P> {
  const { deliveryId, eventId, signal, sender, occurredAt, carrier } = context;
  return {
    id: deliveryId,
    eventId,
    signal: signal.name,
    sender: sender === null ? null : nameOfSender(sender),
    occurredAt: occurredAt.toISOString(),
    payload,
    carrier,
  };
}

function promiseAt(published: readonly Promise<unknown>[], index: number): Promise<unknown> {
  return (
    published[index] ??
    Promise.reject(new Error('The relay published fewer messages than it was given.'))
  );
}
