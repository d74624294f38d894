import { possibleTargets } from 'nestjs-signals/integration';
import type { Addressee } from '../application/index.js';
import type { SignalMap } from '../model/index.js';
import { count } from '../text/index.js';
import { placeOf, type Finding, type Rule } from './rule.js';

/** @param addressees whom the database keeps deliveries for. */
export function lostDeliveries(addressees: readonly Addressee[]): Rule {
  return {
    ...LOST_DELIVERIES,
    find: ({ receivers }) =>
      [...new Set(addressees.map(({ receiver }) => receiver))].flatMap((receiver) =>
        findingsOf(
          receiver,
          addressees.filter((addressee) => addressee.receiver === receiver),
          receivers,
        ),
      ),
  };
}

export const LOST_DELIVERIES = {
  id: 'SIG010',
  severity: 'error',
  title: 'deliveries are kept for a receiver that no longer exists',
  meaning:
    'A delivery waits under the dispatchUid of its receiver. Where that was renamed or removed, no ' +
    'worker of this build takes it, and ten minutes later it is a dead letter that cannot be replayed. ' +
    'Where several receivers have that dispatchUid, the signal and the sender of the delivery decide; when ' +
    'these were renamed and fit none, it is kept and told of, and tried again until one fits. ' +
    'Only looked for with --db, in the database that it names. What connect() connects when the ' +
    'application runs is not known here.',
  fix:
    'Keep a receiver of that dispatchUid, signal and sender until its deliveries are done, and replay its dead letters ' +
    'before it goes, or discard them.',
} as const;

function findingsOf(
  receiver: string,
  addressees: readonly Addressee[],
  receivers: SignalMap['receivers'],
): readonly Finding[] {
  const ofThatName = receivers.filter(({ info }) => info.dispatchUid === receiver);
  const [former] = ofThatName;
  if (!ofThatName.some(({ info }) => info.durable)) {
    const problem = former ? 'is no longer durable' : 'no longer exists';
    return [
      {
        place: former && placeOf(former),
        message: `${receiver} ${problem}, and the database keeps ${keptOf(addressees)} for it`,
      },
    ];
  }
  return addressees
    .filter((addressee) => isUndecided(addressee, ofThatName))
    .map((addressee) => ({
      place: former && placeOf(former),
      message:
        `several receivers are called ${receiver}, and none of them is the one of ${addressee.signal} for ` +
        `${addressee.sender} that the database keeps ${keptOf([addressee])} for`,
    }));
}

/** Whether the names of a delivery lead to several receivers that are not the same method. */
function isUndecided(
  { receiver, signal, sender, namesake }: Addressee,
  receivers: SignalMap['receivers'],
): boolean {
  if (signal === undefined || sender === undefined) return false;
  const address = { dispatchUid: receiver, signal, sentTo: sender, namesake };
  const homes = possibleTargets(address, receivers);
  if (homes.every(({ info }) => info.signal === signal && info.sender === sender)) return false;
  return new Set(homes.map(({ info }) => info.owner)).size > 1;
}

function keptOf(addressees: readonly Addressee[]): string {
  const sum = (of: 'waiting' | 'dead') => addressees.reduce((all, each) => all + each[of], 0);
  const [waiting, dead] = [sum('waiting'), sum('dead')];
  return [
    ...(waiting > 0 ? [count(waiting, 'delivery', 'deliveries')] : []),
    ...(dead > 0 ? [count(dead, 'dead letter')] : []),
  ].join(' and ');
}
