import { DurableOutsideTransactionError, type Outbox } from '../outbox/outbox.js';
import type { DispatchRuntime } from './runtime.js';
import type { ReceiverInfo } from '../receiver.js';
import type { Registration } from '../registry/registration.js';
import type { Send } from '../send.js';
import type { AnySignal } from '../signal.js';
import { NoTransactionError } from '../transaction.js';

/**
 * Refuses a send without a transaction before any receiver has run, where it would have to be refused
 * after some have. A robust send still has its receivers of phase `afterCommit` fail one by one.
 *
 * @param lookUpFailure why there is no transaction, where one was named that has ended.
 * @throws what the look-up says; NoTransactionError under the policy `throw`;
 *   DurableOutsideTransactionError.
 */
export function refuseOutsideTransaction(
  route: readonly Registration[],
  { signal, payload, robust }: Send,
  { outsideTransaction }: DispatchRuntime,
  lookUpFailure: { readonly error: unknown } | undefined,
): void {
  for (const registration of route) {
    const { info } = registration;
    if (info.phase === 'inTransaction' || !mayWant(registration, payload)) continue;
    const isDurable = info.phase === 'durable';
    if (robust && !isDurable) continue;
    if (lookUpFailure) throw lookUpFailure.error;
    if (isDurable) {
      const wanting = route.filter((each) => mayWant(each, payload));
      throw new DurableOutsideTransactionError(signal, durableIds(wanting));
    }
    // A bridge takes every signal as it comes.
    if (info.phase === 'afterCommit' && outsideTransaction === 'throw' && registration.signal) {
      throw new NoTransactionError(describeReceiver(info, signal));
    }
  }
}

/** Why deliveries to these receivers cannot be written: for want of an outbox, or else of a transaction. */
export function notKept(
  signal: AnySignal,
  receivers: readonly Registration[],
  outbox: Outbox | undefined,
): DurableOutsideTransactionError {
  return new DurableOutsideTransactionError(signal, durableIds(receivers), outbox !== undefined);
}

export function durableIds(receivers: readonly Registration[]): readonly string[] {
  return receivers.flatMap(({ info }) => (info.phase === 'durable' ? [info.dispatchUid] : []));
}

export function describeReceiver({ dispatchUid }: ReceiverInfo, { name }: AnySignal): string {
  return `Receiver '${dispatchUid}' of '${name}'`;
}

/** Without a report of a condition that fails, which is made once its turn comes. */
function mayWant({ when }: Registration, payload: unknown): boolean {
  try {
    return !when || when(payload);
  } catch {
    return false;
  }
}
