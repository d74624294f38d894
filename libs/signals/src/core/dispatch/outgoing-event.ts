import type { Outbox, OutgoingDelivery, OutgoingEvent } from '../outbox/outbox.js';
import { ReceiverDeclarationError } from '../receiver-declaration.error.js';
import { heardTwice, type Registration } from '../registry/registration.js';
import type { Send } from '../send.js';
import type { AnySignal, Sender } from '../signal.js';
import { isStorableText } from '../storable-text.js';
import type { Transaction } from '../transaction.js';
import { notKept } from './send-refusal.js';

/** In bytes: the index by which PostgreSQL finds keys takes no long ones. */
const LONGEST_KEY = 1_024;
/** Ten years, in milliseconds. */
const LONGEST_DELAY = 10 * 365 * 86_400_000;
const HIGHEST_PRIORITY = 2 ** 31 - 1;

/**
 * What the durable receivers of one send are to be told, checked by whoever will write it.
 *
 * @throws DurableOutsideTransactionError where a condition has changed its mind since the send began;
 *   whatever would make the writing fail.
 */
export function acceptedEvent(
  { signal, sender, payload }: Send,
  receivers: readonly Registration[],
  transaction: Transaction | undefined,
  outbox: Outbox | undefined,
): OutgoingEvent {
  if (!transaction || !outbox) throw notKept(signal, receivers, outbox);
  return outbox.accept(outgoingEvent(signal, sender, payload, receivers), transaction);
}

/** What the durable receivers of one send are to be told, in their order. */
function outgoingEvent(
  signal: AnySignal,
  sender: Sender | null,
  payload: unknown,
  receivers: readonly Registration[],
): OutgoingEvent {
  const deliveries = receivers.map((registration) => {
    const { columns = [] } = registration.info.durable ?? {};
    const told = signal.serialize?.(payload as never, { sender, columns: columns }) ?? payload;
    return outgoing(registration, payload, told);
  });
  refuseTwice(signal, deliveries);
  return { signal, sender, deliveries };
}

function outgoing(
  { info: receiver, stored = {}, namesake }: Registration,
  sent: unknown,
  told: unknown,
): OutgoingDelivery {
  const { orderingKey, delay = 0, priority = 0 } = stored;
  const { dispatchUid } = receiver;
  return {
    receiver,
    payload: told,
    orderingKey: orderingKey && keyOf(orderingKey(sent), dispatchUid),
    delay: delayOf(typeof delay === 'function' ? delay(sent) : delay, dispatchUid),
    priority: priorityOf(typeof priority === 'function' ? priority(sent) : priority, dispatchUid),
    namesake,
  };
}

/** One event has one delivery for each id: the second would be taken for a repetition of the first. */
function refuseTwice(signal: AnySignal, deliveries: readonly OutgoingDelivery[]): void {
  const ids = deliveries.map(({ receiver }) => receiver.dispatchUid);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw heardTwice(signal.name, twice);
}

/** An empty key would put everything that has none into one line. */
function keyOf(key: unknown, dispatchUid: string): string {
  const subject = `The key of receiver '${dispatchUid}'`;
  if (typeof key !== 'string' || key === '') {
    throw new ReceiverDeclarationError(
      `${subject} answered ${shown(key) || 'an empty text'}; a text is expected that says what has to stay in order.`,
    );
  }
  if (!isStorableText(key)) {
    throw new ReceiverDeclarationError(
      `${subject} answered a text with U+0000 or half of a character, which PostgreSQL cannot keep.`,
    );
  }
  if (Buffer.byteLength(key) > LONGEST_KEY) {
    throw new ReceiverDeclarationError(
      `${subject} answered a text of more than ${LONGEST_KEY} bytes. Let it answer an id, or a hash.`,
    );
  }
  return key;
}

function delayOf(delay: unknown, dispatchUid: string): number {
  if (typeof delay === 'number' && delay <= LONGEST_DELAY) return Math.max(0, delay);
  throw new ReceiverDeclarationError(
    `The delay of receiver '${dispatchUid}' is ${shown(delay)}; milliseconds are expected, ten years at most.`,
  );
}

function priorityOf(priority: unknown, dispatchUid: string): number {
  if (Number.isInteger(priority) && Math.abs(priority as number) <= HIGHEST_PRIORITY) {
    return priority as number;
  }
  throw new ReceiverDeclarationError(
    `The priority of receiver '${dispatchUid}' is ${shown(priority)}; a whole number of 32 bits is expected.`,
  );
}

/** An object may refuse to be a text. */
function shown(answer: unknown): string {
  return typeof answer === 'object' && answer !== null ? 'an object' : String(answer);
}
