import { copyPayload } from './dispatch/payload-copy.js';
import { unfitOptions } from './invalid-reference.error.js';
import type { ReceiverResult } from './receiver.js';
import type { AnySignal, Sender } from './signal.js';
import type { SendOptions } from './signals-options.js';

/** One send, as its caller asked for it. */
export interface Send {
  readonly signal: AnySignal;
  readonly sender: Sender | null;
  /** The caller's own, until somebody is told of it. */
  payload: unknown;
  /** Names the transaction; undefined when it is that of the calling context. */
  readonly manager: unknown;
  readonly robust: boolean;
  /** Something in the payload cannot be frozen, such as a date, so each receiver is given its own. */
  isChangeable: boolean;
}

export type SendResults = Promise<readonly ReceiverResult[]>;

/**
 * A sender that is named stays what it is, also undefined, which is refused later.
 *
 * @throws InvalidReferenceError where the options are something else.
 */
export function sendOf(
  signal: AnySignal,
  payload: unknown,
  options: SendOptions | undefined,
  robust: boolean,
): Send {
  if (options !== undefined && (options === null || typeof options !== 'object')) {
    throw unfitOptions(signal, options);
  }
  const isNamed = options !== undefined && (options.sender !== undefined || 'sender' in options);
  const sender = isNamed ? options.sender : null;
  return { signal, sender, payload, manager: options?.manager, robust, isChangeable: false };
}

/**
 * Replaces the payload by what receivers are told: the payload as it is at this moment, which
 * neither the sender nor a receiver can change. Integrations make payloads of their own, which are
 * frozen and not copied.
 *
 * @param isEntity what has an identity beyond its values is handed on as it is.
 */
export function takeSnapshot(send: Send, isEntity: ((value: object) => boolean) | undefined): void {
  if (send.signal.category === 'lifecycle') {
    Object.freeze(send.payload);
    return;
  }
  const copy = copyPayload(send.payload, isEntity);
  send.payload = copy.payload;
  send.isChangeable = copy.isChangeable;
}
