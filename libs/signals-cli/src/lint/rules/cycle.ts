import {
  flatten,
  receiversOf,
  signalsOfWrite,
  type MappedReceiver,
  type SignalMap,
} from '../../model/index.js';
import type { LeafEffect } from '../../sources/index.js';
import { placeOf, type Finding, type Rule } from '../rule.js';

export const cycle: Rule = {
  id: 'SIG007',
  severity: 'error',
  title: 'signals send each other in a circle',
  meaning:
    'A receiver sends or writes what leads back to itself. Deferred receivers count too: each commit ' +
    'would cause the next one. A receiver with a condition (when) ends a circle; a send in a branch ' +
    'may, so that the finding is a warning then.',
  fix:
    'Give a receiver of the circle a condition, or write with update() where it saves its own ' +
    'instance.',
  find: (map) => {
    const found = new Map<string, Finding>();
    for (const receiver of map.receivers)
      search([{ receiver, via: '', isConditional: false }], map, found);
    return [...found.values()];
  },
};

interface Step {
  readonly receiver: MappedReceiver;
  /** The signal by which it was reached. */
  readonly via: string;
  readonly isConditional: boolean;
}

const LONGEST = 12;

function search(path: readonly Step[], map: SignalMap, found: Map<string, Finding>): void {
  const [first] = path;
  const last = path.at(-1);
  if (!first || !last || path.length > LONGEST || endsCircles(last.receiver)) return;
  for (const step of nextSteps(last.receiver, map)) {
    if (step.receiver === first.receiver) report([...path, step], found);
    else if (!path.some(({ receiver }) => receiver === step.receiver)) {
      search([...path, step], map, found);
    }
  }
}

function endsCircles({ options }: MappedReceiver): boolean {
  return options.when !== undefined;
}

function nextSteps(receiver: MappedReceiver, map: SignalMap): readonly Step[] {
  return flatten(receiver.effects()).flatMap(({ effect, isConditional }) =>
    sendsOf(effect).flatMap(({ signal, sender }) =>
      receiversOf(map.signal(signal), sender, map)
        .filter((next) => next.signal !== undefined)
        .map((next) => ({
          receiver: next,
          via: `${signal}${sender ? `(${sender})` : ''}`,
          isConditional,
        })),
    ),
  );
}

function sendsOf(
  effect: LeafEffect,
): readonly { signal: string; sender: string | null | undefined }[] {
  if (effect.kind === 'external') return [];
  if (effect.kind === 'send') {
    return effect.signal === undefined ? [] : [{ signal: effect.signal, sender: effect.sender }];
  }
  const { before, after } = signalsOfWrite(effect);
  const senders = effect.entities.length > 0 ? effect.entities : [undefined];
  return senders.flatMap((sender) => [before, after].map((signal) => ({ signal, sender })));
}

function report(path: readonly Step[], found: Map<string, Finding>): void {
  const receivers = path.slice(1).map(({ receiver }) => receiver.info.dispatchUid);
  const key = receivers.toSorted().join(' ');
  const isCertain = path.every(({ isConditional }) => !isConditional);
  const known = found.get(key);
  if (known && (known.severity === undefined || !isCertain)) return;
  const [start] = path;
  const round = path.slice(1).map(({ via, receiver }) => `${via} → ${receiver.info.dispatchUid}`);
  found.set(key, {
    place: start && placeOf(start.receiver),
    message: `${start?.receiver.info.dispatchUid} leads back to itself: ${round.join(' → ')}`,
    ...(!isCertain && { severity: 'warning' as const }),
  });
}
