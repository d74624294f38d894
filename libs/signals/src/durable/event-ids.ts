import { createHash, randomBytes } from 'node:crypto';

/** Of this library, for ids that are derived and not made up. */
const NAMESPACE = Buffer.from('6f1d3c5a9f0b4c1e8a57d2b1c0e4f396', 'hex');

/** A new id that sorts by the time of its making (RFC 9562: UUID version 7). */
export function newEventId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  return uuid(bytes, 7);
}

/** The same id for the same event and receiver, wherever it is computed (RFC 9562: UUID version 5). */
export function deliveryIdOf(eventId: string, dispatchUid: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(`${eventId}:${dispatchUid}`).digest();
  return uuid(hash.subarray(0, 16), 5);
}

function uuid(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
