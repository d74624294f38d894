import { hash, randomUUID } from 'node:crypto';

/** Of this library, for ids that are derived and not made up. */
const NAMESPACE = Buffer.from('6f1d3c5a9f0b4c1e8a57d2b1c0e4f396', 'hex');

/** A new id that sorts by the time of its making (RFC 9562: UUID version 7). */
export function newEventId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  // The random bits of a version 4, which Node has in store: asking the system for each costs more than all the rest.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** The same id for the same event and receiver, wherever it is computed (RFC 9562: UUID version 5). */
export function deliveryIdOf(eventId: string, dispatchUid: string): string {
  const hex = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(`${eventId}:${dispatchUid}`)]));
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
