import {
  nameOfSender,
  storableText,
  type OutgoingDelivery,
  type OutgoingEvent,
} from '../../integration/index.js';

const VERSION = 1;

/** A delivery as it is kept: ids and small values, no entities. */
export interface StoredDelivery {
  readonly v: typeof VERSION;
  readonly eventId: string;
  readonly signal: string;
  readonly receiver: string;
  /** Whose sends the receiver hears, as listings name it. */
  readonly sentTo: string;
  /** Its place among the receivers of its id whose senders have one name; absent for the first. */
  readonly namesake?: number;
  readonly sender: string | null;
  /** ISO 8601, of the send. */
  readonly occurredAt: string;
  readonly payload: unknown;
  /** What tools want to find again where the delivery is received, such as a trace. */
  readonly carrier: Readonly<Record<string, string>>;
  /** The delivery whose receiver sent this one; absent when something else did. */
  readonly causedBy?: string;
  /** Of a replay: the dead letter that it came from. */
  readonly replayOf?: string;
}

/** Thrown when a worker takes something that is no delivery of this library, or of a later one. */
export class UnreadableDeliveryError extends Error {
  override readonly name = 'UnreadableDeliveryError';
}

export function storedDelivery(
  { signal, sender }: OutgoingEvent,
  { receiver, payload, namesake }: OutgoingDelivery,
  facts: Pick<StoredDelivery, 'eventId' | 'occurredAt' | 'causedBy' | 'carrier'>,
): StoredDelivery {
  return {
    v: VERSION,
    ...facts,
    signal: storableText(signal.name),
    receiver: receiver.dispatchUid,
    sentTo: storableText(receiver.sender),
    ...(namesake !== undefined && { namesake }),
    sender: sender === null ? null : storableText(nameOfSender(sender)),
    payload,
  };
}

/** @throws UnreadableDeliveryError when it is something else, or written by a version to come. */
export function readDelivery(data: unknown): StoredDelivery {
  const stored = data as Partial<StoredDelivery> | null;
  if (typeof stored !== 'object' || stored === null || typeof stored.v !== 'number') {
    throw new UnreadableDeliveryError('This is no delivery: whoever wrote it is not this library.');
  }
  if (stored.v !== VERSION) {
    throw new UnreadableDeliveryError(
      `The delivery has version ${String(stored.v)}, this build reads 1. Update the worker.`,
    );
  }
  const texts = [stored.eventId, stored.signal, stored.receiver, stored.sentTo, stored.occurredAt];
  if (texts.every((text) => typeof text === 'string')) return stored as StoredDelivery;
  throw new UnreadableDeliveryError('The delivery is incomplete: somebody has changed it.');
}
