import type { ReceiverResult } from './receiver.js';
import type { AnySignal, Sender } from './signal.js';

/** One send, as its caller asked for it. */
export interface Send {
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  readonly payload: unknown;
  /** Names the transaction; undefined when it is that of the calling context. */
  readonly manager: unknown;
  readonly robust: boolean;
}

export type SendResults = Promise<readonly ReceiverResult[]>;

/** Receivers share the envelope; objects of a class, such as entities, stay as they are. */
export function freezeEnvelope(payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return;
  const prototype: unknown = Object.getPrototypeOf(payload);
  if (prototype === Object.prototype || prototype === null) Object.freeze(payload);
}
