import { UnknownReceiverError, type IncomingDelivery } from './outbox.js';
import type { ReceiverInfo } from '../receiver.js';
import type { Registration } from '../registry/registration.js';
import { nameOfSender } from '../signal.js';

/** What of a delivery tells its receiver. */
export type Address = Pick<IncomingDelivery, 'dispatchUid' | 'signal' | 'sentTo' | 'namesake'>;

interface Candidate {
  readonly info: ReceiverInfo;
  readonly namesake?: number;
}

/**
 * The durable receiver that a delivery belongs to: the one of its id. Where several have that id, it
 * is the one of its signal, of its sender by name, and among namesakes the one of its place. Names
 * that fit none of them may be former ones, and only count where they have to decide.
 *
 * @throws UnknownReceiverError when there is none, or when nothing tells which of several it is.
 */
export function targetOf(
  incoming: IncomingDelivery,
  registrations: readonly Registration[],
): Registration {
  const [home, ...others] = possibleTargets(incoming, registrations);
  if (!home) throw new UnknownReceiverError(incoming);
  if (others.some(({ source }) => source !== home.source)) {
    throw new UnknownReceiverError(incoming, true);
  }
  return home;
}

/** The durable receivers that a delivery may belong to, as far as its names tell. */
export function possibleTargets<C extends Candidate>(
  { dispatchUid, signal, sentTo, namesake }: Address,
  candidates: readonly C[],
): readonly C[] {
  const all = candidates.filter(
    ({ info }) => info.phase === 'durable' && info.dispatchUid === dispatchUid,
  );
  const ofSignal = preferring(all, ({ info }) => info.signal === signal);
  const ofSender = preferring(
    ofSignal,
    ({ info }) => info.sender === sentTo,
    ({ info }) => info.sender === nameOfSender(null),
  );
  return preferring(ofSender, (each) => each.namesake === namesake);
}

/** Those that fit the first condition that any fits; all of them where none does. */
function preferring<C>(
  candidates: readonly C[],
  ...conditions: readonly ((candidate: C) => boolean)[]
): readonly C[] {
  for (const condition of conditions) {
    const fitting = candidates.filter(condition);
    if (fitting.length > 0) return fitting;
  }
  return candidates;
}
