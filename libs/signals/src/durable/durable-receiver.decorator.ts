import type {
  AnySignal,
  DurableReceiverContext,
  DurableReceiverOptions,
  PayloadOf,
  SerializedPayloadOf,
} from '../core/index.js';
import {
  declareReceiver,
  type ReceiverDecorator,
  type ReceiverMethod,
} from '../nestjs/receiver.decorator.js';

/**
 * Connects a method of a provider to a signal, or to each of several, as a durable receiver: a worker
 * runs it, of this process or another one, from a delivery that is written in the sender's transaction.
 * What fails is tried again, and a crash loses nothing. The method is given the payload as it came back
 * from JSON; of a model signal that is {@link SerializedPayloadOf}.
 *
 * ```ts
 * @DurableReceiver(receiptIssued, { dispatchUid: 'notifications.mailReceipt', effect: 'external' })
 * mailReceipt(receipt: ReceiptIssued, { idempotencyKey }: DurableReceiverContext) { … }
 * ```
 *
 * The `dispatchUid` names the deliveries that wait, so it is required and survives a renaming of the
 * method. `when`, `orderingKey`, `delay` and `priority` see the payload as it is sent.
 */
export function DurableReceiver<S extends AnySignal, E>(
  signals: S | readonly S[],
  options: Omit<DurableReceiverOptions<PayloadOf<S, E>, E>, 'phase'>,
): ReceiverDecorator<ReceiverMethod<SerializedPayloadOf<S, E>, DurableReceiverContext>> {
  return declareReceiver(signals, { ...options, phase: 'durable' });
}
