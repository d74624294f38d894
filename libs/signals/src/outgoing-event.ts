import type { OutgoingDelivery, OutgoingEvent } from './deliveries.js';
import { ReceiverDeclarationError } from './receiver-declaration.error.js';
import type { ReceiverInfo } from './receiver.js';
import type { Registration, StoredBy } from './registration.js';
import type { AnySignal, Sender } from './signal.js';

/** What the durable receivers of one send are to be told, in their order. */
export function outgoingEvent(
  signal: AnySignal,
  sender: Sender | null,
  payload: unknown,
  receivers: readonly Registration[],
): OutgoingEvent {
  const deliveries = receivers.map(({ info, stored }) => {
    const { values = [] } = info.durable ?? {};
    const told = signal.store?.(payload as never, { sender, values }) ?? payload;
    return outgoing(info, stored ?? {}, payload, told);
  });
  return { signal, sender, deliveries };
}

function outgoing(
  receiver: ReceiverInfo,
  { key, delay = 0, priority = 0 }: StoredBy,
  sent: unknown,
  told: unknown,
): OutgoingDelivery {
  return {
    receiver,
    payload: told,
    key: key && keyOf(key(sent), receiver.dispatchUid),
    delay: typeof delay === 'function' ? delay(sent) : delay,
    priority: typeof priority === 'function' ? priority(sent) : priority,
  };
}

/** An empty key would put everything that has none into one line. */
function keyOf(key: unknown, dispatchUid: string): string {
  if (typeof key === 'string' && key !== '') return key;
  throw new ReceiverDeclarationError(
    `The key of receiver '${dispatchUid}' answered ${String(key) || 'an empty text'}; a text is expected that says what has to stay in order.`,
  );
}
