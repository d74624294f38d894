import type { Addressee } from '../application/index.js';
import type { SignalMap } from '../model/index.js';
import { count } from '../text/index.js';
import { placeOf, type Finding, type Rule } from './rule.js';

/** @param addressees whom the database keeps deliveries for. */
export function lostDeliveries(addressees: readonly Addressee[]): Rule {
  return {
    ...LOST_DELIVERIES,
    find: ({ receivers }) => addressees.flatMap((addressee) => findingOf(addressee, receivers)),
  };
}

export const LOST_DELIVERIES = {
  id: 'SIG010',
  severity: 'error',
  title: 'deliveries are kept for a receiver that no longer exists',
  meaning:
    'A delivery waits under the dispatchUid of its receiver. Where that was renamed or removed, no ' +
    'worker of this build takes it, and ten minutes later it is a dead letter that cannot be replayed. ' +
    'Only looked for with --db, in the database that it names. What connect() connects when the ' +
    'application runs is not known here.',
  fix:
    'Keep a receiver of that dispatchUid until its deliveries are done, and replay its dead letters ' +
    'before it goes, or discard them.',
} as const;

function findingOf(
  { receiver, waiting, dead }: Addressee,
  receivers: SignalMap['receivers'],
): readonly Finding[] {
  const ofThatName = receivers.filter(({ info }) => info.dispatchUid === receiver);
  if (ofThatName.some(({ info }) => info.durable)) return [];
  const [former] = ofThatName;
  const kept = [
    ...(waiting > 0 ? [count(waiting, 'delivery', 'deliveries')] : []),
    ...(dead > 0 ? [count(dead, 'dead letter')] : []),
  ];
  const problem = former ? 'is no longer durable' : 'no longer exists';
  return [
    {
      place: former && placeOf(former),
      message: `${receiver} ${problem}, and the database keeps ${kept.join(' and ')} for it`,
    },
  ];
}
