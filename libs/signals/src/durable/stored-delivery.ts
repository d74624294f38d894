import type { OutgoingDelivery, OutgoingEvent } from '../index.js';
import { nameOfSender } from '../index.js';

const VERSION = 1;

/** A delivery as it is kept: ids and small values, no entities. */
export interface StoredDelivery {
  readonly v: typeof VERSION;
  readonly eventId: string;
  readonly signal: string;
  readonly receiver: string;
  /** Whose sends the receiver hears, as listings name it. */
  readonly sentTo: string;
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

/** Thrown at the send when a payload would not come back from JSON as it was. */
export class UnstorablePayloadError extends Error {
  override readonly name = 'UnstorablePayloadError';

  constructor(signal: string, path: string, what: string) {
    super(
      `The payload of '${signal}' has ${what} at ${path}, which a durable receiver would not get back ` +
        'as it was. Let payloads carry ids, texts, numbers and dates as ISO text.',
    );
  }
}

/** Thrown when a worker takes something that is no delivery of this library, or of a later one. */
export class UnreadableDeliveryError extends Error {
  override readonly name = 'UnreadableDeliveryError';
}

export function storedDelivery(
  { signal, sender }: OutgoingEvent,
  { receiver, payload }: OutgoingDelivery,
  facts: Pick<StoredDelivery, 'eventId' | 'occurredAt' | 'causedBy' | 'carrier'>,
): StoredDelivery {
  refuseUnstorable(payload, signal.name);
  return {
    v: VERSION,
    ...facts,
    signal: signal.name,
    receiver: receiver.dispatchUid,
    sentTo: receiver.sender,
    sender: sender === null ? null : nameOfSender(sender),
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

function refuseUnstorable(value: unknown, signal: string, path = 'its root'): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (typeof value !== 'object') {
    throw new UnstorablePayloadError(signal, path, describe(value));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  if (!isPlain) {
    throw new UnstorablePayloadError(
      signal,
      path,
      `an instance of ${nameOfSender(value.constructor)}`,
    );
  }
  for (const [key, inner] of Object.entries(value)) {
    // A property that is undefined is a property that is not there.
    if (inner === undefined && !Array.isArray(value)) continue;
    refuseUnstorable(inner, signal, path === 'its root' ? key : `${path}.${key}`);
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
